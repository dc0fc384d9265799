"""A PostgreSQL of our own when no DATABASE_URL is given: real server, two logins, gone with its last user.

`cluster` starts it, `reaper` stops it, `base` is the Django engine that asks for it at the first connection.
"""
