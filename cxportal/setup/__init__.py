"""From a fresh clone to a running portal: what the Makefile calls.

Standard library only, for it runs before anything is installed.
"""
