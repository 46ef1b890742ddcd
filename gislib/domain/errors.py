"""
The one error tree. Only the edge (cli, ui) turns an error into a sentence.

::

    GislibError                    every refusal of ours
    ├── InputError                 a file, row or cell that cannot be taken (exit code 2)
    │   └── DatumError             the datum of a table is undeclared or contradicts the evidence
    ├── CrsError                   a table is not in the metric CRS that measuring needs
    ├── TableError                 a table breaks its schema (domain/tables.py)
    ├── RuleError                  a rule entry is malformed, missing or not in force
    ├── WorkspaceError             a workspace folder is missing, foreign or not empty
    ├── StoreError                 the decisions cannot be read or written as asked
    │   └── ConflictError          somebody else saved a newer version
    ├── ServiceError               a service outside the machine did not answer
    └── RefusedError               the actor's role does not allow the action

An error holds a message code of ``data/text/messages.*.toml`` and the values to fill in, never a translated sentence.
"""

from __future__ import annotations


class GislibError(Exception):
    """
    A refusal with a message code and its values.

    Parameters
    ----------
    code
        Key under ``[errors]`` in the message catalogues.
    **values
        What the message names: file, row, column, the value found, the way out.
    """

    def __init__(self, code: str, **values: object) -> None:
        self.code = code
        self.values = values
        super().__init__(f"{code}: " + ", ".join(f"{key}={value}" for key, value in values.items()))


class InputError(GislibError, ValueError):
    """A file, row or cell that cannot be taken."""


class DatumError(InputError):
    """The datum of a table is undeclared or contradicts the evidence."""


class CrsError(GislibError, ValueError):
    """A table is not in the metric CRS that measuring needs."""


class TableError(GislibError, ValueError):
    """A table breaks its schema."""


class RuleError(GislibError, ValueError):
    """A rule entry is malformed, missing or not in force."""


class WorkspaceError(GislibError, OSError):
    """A workspace folder is missing, foreign or not empty."""


class StoreError(GislibError):
    """The decisions cannot be read or written as asked."""


class ConflictError(StoreError):
    """Somebody else saved a newer version; nothing was written."""


class ServiceError(GislibError, ConnectionError):
    """A service outside the machine did not answer."""


class RefusedError(GislibError, PermissionError):
    """The actor's role does not allow the action."""
