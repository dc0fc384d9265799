"""The filter over many shelves: its closed form against small steps, and what each event does to a belief."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory import shelf_filter as f
from inventory.confidence import probability
from inventory.shelf_replay import SALES_KNOWN, Event, Events, Shelves, later, quiet, replay

NONE = np.zeros(1, np.int64)


def sure(pieces: int, width: int = 16) -> f.Floats:
    weights = np.zeros((1, width))
    weights[0, pieces] = 1.0
    return weights


def passed(weights: f.Floats, lost: float, silent: float, aside: int = 0) -> f.Floats:
    return f.spread(weights, lost=np.array([lost]), quiet=np.array([silent]), aside=np.array([aside]))


def chance(weights: f.Floats, pieces: int = 1) -> float:
    return float(f.chance_of(weights, np.array([pieces]))[0])


def test_one_step_says_what_many_small_ones_say() -> None:
    start = f.counted(np.array([3]), 16)
    one, many = passed(start, 0.4, 1.5), start
    for _ in range(200):
        many = passed(many, 0.4 / 200, 1.5 / 200)
    assert one[0].tolist() == pytest.approx(many[0].tolist(), abs=0.006)


def test_losses_alone_are_poisson(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f, "ALL_GONE_SHARE", 0.0)
    monkeypatch.setattr(f, "TURNS_UP_SHARE", 0.0)
    known = probability(2, pace_per_day=0, loss_per_day=0.02, proof_days=30, silent_days=0)
    assert chance(passed(sure(2), 0.6, 0.0)) == pytest.approx(known)


def test_silence_weighs_less_than_the_closed_form_which_lets_it_weigh_from_the_first_day() -> None:
    closed = probability(2, pace_per_day=0.1, loss_per_day=0.02, proof_days=30, silent_days=30)
    assert closed < chance(passed(sure(2), 0.6, 3.0)) < chance(passed(sure(2), 0.6, 0.0))


@given(st.integers(0, 11), st.floats(0, 6), st.floats(0, 40), st.integers(0, 3))
def test_a_belief_stays_a_probability(pieces: int, lost: float, silent: float, aside: int) -> None:
    weights = passed(f.counted(np.array([pieces]), 16), lost, silent, aside)
    assert weights.sum() == pytest.approx(1)
    assert weights.min() >= 0


def test_pieces_put_aside_are_neither_sold_nor_lost() -> None:
    kept = passed(sure(2), 3.0, 30.0, aside=2)
    assert chance(kept, 2) == pytest.approx(1)
    assert chance(passed(sure(2), 3.0, 30.0), 2) < 0.1


def test_packing_keeps_what_matters_and_drops_the_rest() -> None:
    weights = np.vstack([f.counted(np.array([3]), 16), f.counted(np.array([0]), 16)])
    packed = f.pack(weights)
    assert f.unpack(packed, 16) == pytest.approx(weights, abs=3e-5)
    assert len(packed[0]) < 2 * 16
    assert f.unpack([b"\xff\xff"], 4).tolist() == [[1, 0, 0, 0]]


@pytest.mark.parametrize(("most", "width"), [(0, 8), (4, 8), (5, 16), (200, 256), (10_000, 256)])
def test_width_leaves_a_margin(most: int, width: int) -> None:
    assert f.width_for(most) == width


def test_a_sale_proves_what_nobody_believed() -> None:
    empty = sure(0)
    after = f.moved(empty, np.array([-1]))
    assert after.sum() == pytest.approx(1)
    assert 0.2 < chance(after) < 0.8


def test_sale_and_delivery_move_the_belief() -> None:
    weights = f.delivered(f.moved(sure(3), np.array([-2])), np.array([6]))
    assert int(weights.argmax()) == 7
    assert weights[0, 7] == pytest.approx(1 - f.SHORT - f.OVER - f.ASTRAY, abs=1e-3)


def test_the_more_pieces_the_less_they_are_overlooked() -> None:
    even = np.full((1, 8), 1 / 8)
    after = f.missed(even, np.array([1]))[0]
    assert after[0] > 5 * after[1] > 5 * after[3]
    assert chance(f.seen(even, np.array([2])), 2) > 0.97


def test_noted_theft_leaves_hardly_more_than_the_book() -> None:
    assert chance(f.at_most(sure(3) * 0.5 + sure(1) * 0.5, np.array([1])), 2) < 0.15


def test_long_silence_says_less_each_day() -> None:
    pace, days = np.array([1.0]), [np.array([float(day)]) for day in (0, 1, 50, 51)]
    first, late = quiet(pace, days[0], days[1]), quiet(pace, days[2], days[3])
    assert first[0] == pytest.approx(SALES_KNOWN * np.log(1 + 1 / SALES_KNOWN))
    assert late[0] < first[0] / 3


def shelves(pieces: list[int], width: int = 16) -> Shelves:
    size = len(pieces)
    start: Any = np.zeros(size)
    return Shelves(
        weights=f.counted(np.array(pieces), width),
        at=start.copy(),
        trading_at=start.copy(),
        silent_from=start.copy(),
        aside=np.zeros(size, np.int64),
        lost_per_day=np.full(size, 0.01),
        pace_per_day=np.full(size, 0.2),
    )


def events(*rows: tuple[int, float, Event, int, int]) -> Events:
    level, at, kind, pieces, book = (np.array(column) for column in zip(*rows, strict=True))
    return Events(level, at, at, kind, pieces, book, np.full(len(rows), -1))


def test_levels_are_thought_of_together_as_one_by_one() -> None:
    rows = [
        (0, 1.0, Event.SOLD, 1, 2),
        (0, 2.0, Event.DELIVERED, 4, 6),
        (1, 0.5, Event.MISSED, 1, 0),
        (2, 3.0, Event.SEEN, 2, 0),
        (2, 4.0, Event.SOLD, 2, 3),
    ]
    together = shelves([3, 1, 5])
    replay(together, events(*rows))
    for place, pieces in enumerate([3, 1, 5]):
        alone = shelves([pieces])
        replay(alone, events(*((0, *row[1:]) for row in rows if row[0] == place)))
        assert together.weights[place].tolist() == pytest.approx(alone.weights[0].tolist())
        assert together.silent_from[place] == alone.silent_from[0]


def test_what_nothing_happened_at_fades_in_silence() -> None:
    known = shelves([1, 1])
    known.pace_per_day = np.array([0.0, 1.0])
    then = later(known, np.full(2, 30.0), np.full(2, 30.0))
    slow, fast = f.chance_of(then.weights, np.ones(2, np.int64))
    assert fast < 0.3 < 0.6 < slow
    assert known.at.tolist() == [0, 0]


def test_a_shelf_of_thousands_stays_one_of_many() -> None:
    known = shelves([300], 256)
    replay(known, events((0, 1.0, Event.SOLD, 40, 5000)))
    assert chance(known.weights, 200) > 0.9
