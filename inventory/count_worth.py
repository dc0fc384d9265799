"""What a count is expected to bring: how likely the book misleads, times what that costs. Pure rules."""

import numpy as np
from numpy.typing import NDArray

from inventory.shelf_filter import Floats, Ints, chance_of

# Without a count, a wrong book misleads for about so long.
DAYS_MISLED = 14.0
# A hidden piece is sold only when the book knows of it; a phantom drives shoppers out in vain besides.
VAIN_TRIP = 1.5


def count_worth(weights: Floats, book: Ints, held: Ints, price: Floats, pace_per_day: Floats) -> Floats:
    """Money, by level: sales that a right book would not lose.

    Phantom: the book has one to offer and the shelf has not; nobody orders more until somebody looks. Hidden: the
    shelf has one and the book has not; nobody is told of it.
    """
    offered = book > held
    there = chance_of(weights, np.maximum(0, held) + 1)
    demand = pace_per_day * DAYS_MISLED
    pieces = pieces_over(weights, held)
    phantom = (1 - there) * demand * VAIN_TRIP
    hidden = np.minimum(pieces, demand)
    return price * np.where(offered, phantom, hidden)


def pieces_over(weights: Floats, held: Ints) -> Floats:
    """Pieces expected beyond those put aside, by level."""
    states = np.arange(weights.shape[1], dtype=np.float64)
    return (weights * np.maximum(0.0, states - np.maximum(0, held)[:, None])).sum(axis=1)


def is_hidden(book: NDArray[np.int64], held: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Levels of which the book has nothing to offer."""
    return book <= held
