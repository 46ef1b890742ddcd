"""What to build and where: catalogue, candidates, the package model and its optimum."""
