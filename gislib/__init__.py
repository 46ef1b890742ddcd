"""护学图 HuXueTu: measure, score and plan the safety of the way to school."""

__version__ = "0.1.0"
