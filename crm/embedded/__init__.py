"""PostgreSQL, the broker and the application's own processes, run from one command.

Nothing here imports Django at module level: the supervisor stays small, and a fault in the
application can still be reported.
"""
