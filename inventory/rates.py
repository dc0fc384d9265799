"""Rates learnt from few data: gamma-Poisson estimates, drawn towards what is known of more. Pure rules."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# The past that a pace is learnt from.
PACE_DAYS = 90
# A level's own sales weigh as much as its product's elsewhere when there are so many of them.
PACE_PRIOR_SALES = 1.0
# A new product in a new store: one in a month.
UNKNOWN_PACE = 1 / 30
# Pieces that vanish from one level in a day, before any count has taught better.
UNKNOWN_LOSS = 0.006
# A rate of a wider group weighs as much as so many lost pieces seen in the narrower one.
LOSS_PRIOR_PIECES = 3.0


def shrunk(events: Floats, exposure: Floats, wider: Floats, prior_events: float) -> Floats:
    """Events per unit of exposure, the mean of the gamma posterior whose prior has mean `wider`.

    The prior weighs like `prior_events` events in the exposure that they would have taken at the wider rate.
    """
    prior_exposure = prior_events / np.maximum(wider, 1e-9)
    return (prior_events + events) / (prior_exposure + exposure)


def level_pace(pieces: Floats, days: Floats, product_pace: Floats) -> Floats:
    """Pieces a day while they are there: `pieces` sold in the `days` up to the last sale; nan: product not known."""
    wider = np.where(np.isnan(product_pace), UNKNOWN_PACE, product_pace)
    # The window ends with a sale by choice, which is one more than chance would have put there.
    fair = np.where(pieces > 0, np.maximum(0.0, pieces - 1), 0.0)
    own = shrunk(fair, np.maximum(days, 0.0), np.maximum(wider, 1e-4), PACE_PRIOR_SALES)
    return np.where(pieces > 0, own, np.minimum(wider, UNKNOWN_PACE))


def loss_rate(lost: Floats, level_days: Floats, wider: Floats) -> Floats:
    """Pieces lost a day of one level, from what counts did not find in `level_days`, drawn towards the wider group."""
    return shrunk(lost, level_days, np.maximum(wider, 1e-5), LOSS_PRIOR_PIECES)


def known_days(days: Floats, counted: NDArray[np.int64]) -> Floats:
    """Days between two counts in which something could vanish: an empty shelf has been empty for a while."""
    return np.where(counted > 0, days, days / 2)
