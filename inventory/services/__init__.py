"""Writes of floor 2."""
