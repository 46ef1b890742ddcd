"""
From hazards in reach to an index per campus, its exact explanation and how sure it is.

`load` makes the terms, `score` adds them up, `explain` splits the index, `robustness` and `confidence` say how far it
can be trusted, `publish` rounds once at the door; `assess` runs them in that order.
"""
