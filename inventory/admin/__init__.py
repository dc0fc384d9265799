"""Back office of floor 2. Products and words can be edited; the book can only be read, for movements change it."""

from inventory.admin import book, coming, promises, shelves

__all__ = ["book", "coming", "promises", "shelves"]
