"""One map for print: the ground in grey, what is to be found on it by symbol and number, scale bar and north arrow."""
