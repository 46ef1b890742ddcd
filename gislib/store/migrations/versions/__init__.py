"""One module per revision, ``r<revision>_<what>.py``; a released one is never edited."""
