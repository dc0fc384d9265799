"""`manage.py bench AREA`: the speed that we promise, measured on a database of its own (docs/performance.md)."""
