"""The command line: the use cases of ``planning`` without a screen."""

from gislib.cli.app import main

__all__ = ["main"]
