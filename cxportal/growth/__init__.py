"""A chain of any size, for seeing what size does: simulated from the first store to the last movement."""

from .grow import Growth, grow
from .size import Size, SizeError
from .state import NotOursError

__all__ = ["Growth", "NotOursError", "Size", "SizeError", "grow"]
