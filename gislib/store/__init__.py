"""
Decisions that people make: plans and their edits, in a database that loses nothing.

::

    database    open the store of a workspace; read and write transactions
    plans       create, read, replace, rename, copy, accept
    edits       change devices of a plan, undo, redo, history
    audit       who did what when: one row per change
"""
