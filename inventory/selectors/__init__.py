"""Reads of floor 2."""
