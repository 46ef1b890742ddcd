"""Who walks where: demand of a shift, teams, and routes that can be walked tomorrow."""
