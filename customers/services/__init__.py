"""Writes of floor 1."""
