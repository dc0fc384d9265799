"""The discrete Bayes filter over the pieces really there: a row of weights per level, many levels at once. Pure rules.

After DeHoratius, Mersereau & Schrage 2008, "Retail Inventory Management When Records Are Inaccurate": the state is the
true stock 0, 1, 2, ...; invisible losses move it, visible events condition it, and silence of a product that usually
sells weighs against every state that had something to sell. The step between two events has a closed form, so it does
not matter how often beliefs are brought up to date.

Beyond the paper, because real shelves are rougher than Poisson: a small share of all losses takes everything at once
(a burst of theft, a carton put elsewhere), and pieces also turn up.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# The widths of a row of weights; a level's row is as wide as its stock needs. The last state of the widest row means
# "as many as the book says".
WIDTHS = (8, 16, 32, 64, 128, 256)
MARGIN = 4
# Losses that take everything, and pieces that turn up, for each piece lost one by one.
ALL_GONE_SHARE = 0.03
TURNS_UP_SHARE = 0.15
# A count is off by one now and then; a delivery is short, over, or never reaches its shelf.
MISCOUNTED = 0.015
SHORT, OVER, ASTRAY = 0.010, 0.005, 0.010
# Who looks for the only piece does not see it so often; for one of three he misses all a third as often.
OVERLOOKED = 0.12
# Who says "here it is" is wrong so often: another size, another colour.
MISTAKEN = 0.01
# What an event proves against everything believed: the shelf is right, so no state is ever quite excluded.
LEAST = 1e-5
LOG_FACTORIAL = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, WIDTHS[-1])))])
SCALE = 65_535


def width_for(most: int) -> int:
    """How wide a row must be for `most` pieces."""
    return next((width for width in WIDTHS if most + MARGIN <= width), WIDTHS[-1])


def pack(weights: Floats) -> list[bytes]:
    """Each row as 16-bit numbers, without the zeros at its end."""
    scaled = np.rint(weights * (SCALE / weights.max(axis=1, keepdims=True))).astype("<u2")
    ends = weights.shape[1] - np.argmax(scaled[:, ::-1] > 0, axis=1)
    return [row[:end].tobytes() for row, end in zip(scaled, ends, strict=True)]


def unpack(rows: Sequence[bytes], width: int = 0) -> Floats:
    """Rows from `pack`, at least `width` wide, each adding up to 1."""
    width = max(width, max((len(row) for row in rows), default=2) // 2)
    joined = b"".join([bytes(row).ljust(2 * width, b"\0") for row in rows])
    return normalised(np.frombuffer(joined, "<u2").reshape(len(rows), width).astype(np.float64))


def normalised(weights: Floats) -> Floats:
    """Rows that add up to 1. A row that lost everything was impossible: nothing is known of it any more."""
    total = weights.sum(axis=1, keepdims=True)
    lost = total[:, 0] <= 0
    if lost.any():
        weights = np.where(lost[:, None], 1.0, weights)
        total = weights.sum(axis=1, keepdims=True)
    return weights / total


def chance_of(weights: Floats, pieces: Ints) -> Floats:
    """P(at least `pieces` are there), by row."""
    states = np.arange(weights.shape[1])
    return np.minimum(1.0, np.where(states >= pieces[:, None], weights, 0.0).sum(axis=1))


def mean_of(weights: Floats) -> Floats:
    """Pieces expected there, by row."""
    return weights @ np.arange(weights.shape[1], dtype=np.float64)


def counted(pieces: Ints, width: int) -> Floats:
    """Just after a count: certain, but for a miscount by one."""
    states = np.arange(width)
    off = np.abs(states - np.minimum(pieces, width - 1)[:, None])
    return normalised(np.where(off == 0, 1 - 2 * MISCOUNTED, np.where(off == 1, MISCOUNTED, LEAST / width)))


def booked(pieces: Ints, width: int, lost: Floats) -> Floats:
    """Nobody has counted: the book, less what vanishes unseen of late (`lost` pieces are expected to be)."""
    start = counted(np.maximum(0, pieces), width)
    nothing = np.zeros(len(pieces))
    return spread(start, lost=lost, quiet=nothing, aside=nothing.astype(np.int64))


def spread(weights: Floats, *, lost: Floats, quiet: Floats, aside: Ints) -> Floats:
    """Time passes without an event.

    `lost`: pieces expected to vanish meanwhile; `quiet`: pieces expected to have sold meanwhile if they were there;
    `aside`: pieces kept for customers, which nobody buys and nobody takes.
    """
    kept = np.unique(aside)
    if len(kept) == 1 and kept[0] <= 0:
        return normalised(_passed(weights, lost, quiet))
    out = weights.copy()
    for count in kept:
        rows = aside == count
        first = int(min(max(count, 0), weights.shape[1] - 1))
        out[rows, first:] = _passed(weights[rows, first:], lost[rows], quiet[rows])
    return normalised(out)


def _passed(weights: Floats, lost: Floats, quiet: Floats) -> Floats:
    """The closed form: Poisson losses one by one, all at once, a silence that weighs until the shelf is empty."""
    width = weights.shape[1]
    swept = lost * ALL_GONE_SHARE
    fading, all_in_all = quiet + swept, lost + quiet + swept
    one_by_one = _poisson(lost, width)
    left = np.exp(-fading)[:, None]
    # By state x: x losses came before the silence could weigh in full; after them it weighs no more.
    emptied = _power(lost / np.maximum(all_in_all, 1e-300), width) * _at_least(_poisson(all_in_all, width))
    remained = left * (1 - _at_least(one_by_one))
    share = (swept / np.maximum(fading, 1e-300))[:, None]
    empty = emptied + share * np.maximum(0.0, 1 - remained - emptied)
    out = np.zeros_like(weights)
    for count in range(_most(lost, width)):
        out[:, : width - count] += one_by_one[:, count, None] * weights[:, count:]
    out *= left
    out[:, 0] = weights[:, 0] + (weights[:, 1:] * empty[:, 1:]).sum(axis=1)
    return _turned_up(out, lost, quiet)


def _turned_up(weights: Floats, lost: Floats, quiet: Floats) -> Floats:
    """One piece more, now and then; where the shelf was empty, silence weighs against it from then on."""
    share = np.repeat(np.minimum(0.5, lost * TURNS_UP_SHARE)[:, None], weights.shape[1], axis=1)
    share[:, 0] *= -np.expm1(-quiet) / np.maximum(quiet, 1e-9)
    return weights * (1 - share) + _up(weights * share, 1)


def _most(lost: Floats, width: int) -> int:
    """So many losses in one step are worth a look."""
    mean = float(lost.max(initial=0.0))
    return min(width, int(mean + 6 * mean**0.5 + 4))


def _poisson(mean: Floats, width: int) -> Floats:
    """P(X = 0 .. width - 1), by row."""
    states = np.arange(width)
    return np.exp(states * np.log(np.maximum(mean, 1e-300))[:, None] - mean[:, None] - LOG_FACTORIAL[:width])


def _at_least(probabilities: Floats) -> Floats:
    """P(X >= 0 .. width - 1) from P(X = 0 .. width - 1)."""
    before = np.cumsum(probabilities, axis=1) - probabilities
    return np.clip(1 - before, 0.0, 1.0)


def _power(base: Floats, width: int) -> Floats:
    return base[:, None] ** np.arange(width)


def _up(weights: Floats, pieces: int) -> Floats:
    """Everything `pieces` higher; what goes over the edge stays at it."""
    out = np.zeros_like(weights)
    width = weights.shape[1]
    if pieces >= width:
        out[:, -1] = weights.sum(axis=1)
        return out
    out[:, pieces:] = weights[:, : width - pieces]
    out[:, -1] += weights[:, width - pieces :].sum(axis=1) if pieces else 0.0
    return out


def moved(weights: Floats, change: Ints) -> Floats:
    """Pieces come (positive) or go; who takes what was not believed there proves us wrong."""
    out = np.empty_like(weights)
    for pieces in np.unique(change):
        rows = change == pieces
        out[rows] = _up(weights[rows], int(pieces)) if pieces >= 0 else _gone(weights[rows], -int(pieces))
    return normalised(out)


def _gone(weights: Floats, pieces: int) -> Floats:
    """So many left: they must have been there, and perhaps some more that nobody knew of."""
    width = weights.shape[1]
    out = np.zeros_like(weights)
    if pieces < width:
        out[:, : width - pieces] = weights[:, pieces:]
    # Halving odds of one, two, three more, for a shelf that was believed empty.
    return out + LEAST * 0.5 ** np.arange(width)


def delivered(weights: Floats, pieces: Ints) -> Floats:
    """A delivery as the book has it: it may be one short, one over, or have gone astray."""
    as_booked = moved(weights, pieces)
    short, over = moved(weights, np.maximum(0, pieces - 1)), moved(weights, pieces + 1)
    return (1 - SHORT - OVER - ASTRAY) * as_booked + SHORT * short + OVER * over + ASTRAY * weights


def seen(weights: Floats, pieces: Ints) -> Floats:
    """Somebody found `pieces` there: fewer is next to excluded."""
    states = np.arange(weights.shape[1])
    unlikely = np.where(states >= pieces[:, None], 1.0, MISTAKEN)
    return normalised(weights * unlikely + LEAST * (states == pieces[:, None]))


def missed(weights: Floats, pieces: Ints) -> Floats:
    """Somebody looked for `pieces` and did not find them: the more there were, the less he overlooks them all."""
    states = np.arange(weights.shape[1])
    over = np.maximum(1, states - pieces[:, None] + 1)
    return normalised(weights * np.where(states >= pieces[:, None], OVERLOOKED / over, 1.0))


def at_most(weights: Floats, pieces: Ints) -> Floats:
    """Somebody noted a loss: there are hardly more than the book says after it."""
    states = np.arange(weights.shape[1])
    return normalised(weights * np.where(states > np.maximum(0, pieces)[:, None], OVERLOOKED, 1.0))


def anew(weights: Floats, width: int) -> Floats:
    """The same rows, wider."""
    return np.pad(weights, ((0, 0), (0, max(0, width - weights.shape[1]))))
