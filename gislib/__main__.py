"""``python -m gislib`` is the command ``huxuetu``."""

from gislib.cli import main

main()
