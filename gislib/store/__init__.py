"""
Decisions that people make, in a database that loses nothing: a file of the workspace, or a schema on a server.

::

    database         open the store of a workspace; read and write transactions
      sqlite_file, server   what is one database's own
    plans, edits     plans and their devices: create, change, undo, redo, history
    ledger           hazards: add, move through their states, history (items, item_facts, item_steps: the values)
    evidence         pictures of ledger items
    workspace_edits  corrections of the workspace's data; edited_tables applies them
    terms, meetings, snapshots   calendar, joint meetings and what was known then
    patrols          routes of shifts in versions
    checklists       six-nets answers per campus
    users            roles and areas
    audit            who did what when: one row per change
    backup           a workspace to one file and back (archive: the file; copying: its database)
"""
