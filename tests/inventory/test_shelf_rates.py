"""A store's own time, rates from few data, and what a count is worth."""

import json
from datetime import UTC, datetime

import numpy as np
import pytest

from inventory.count_worth import DAYS_MISLED, VAIN_TRIP, count_worth
from inventory.rates import LOSS_PRIOR_PIECES, UNKNOWN_PACE, known_days, level_pace, loss_rate
from inventory.trading import offset_days, trading_days

# A Monday.
MONDAY = datetime(2026, 3, 2, tzinfo=UTC).timestamp() / 86_400
DAYTIME = json.dumps({"mon": ["08:00", "20:00"], "tue": ["08:00", "20:00"], "wed": ["08:00", "20:00"]})


def traded(start: float, end: float, hours: str) -> float:
    passed = trading_days(np.array([MONDAY + start, MONDAY + end]), hours, 0.0)
    return float(passed[1] - passed[0])


def test_nights_and_closed_days_are_no_time() -> None:
    assert traded(20 / 24, 1 + 8 / 24, DAYTIME) == pytest.approx(0, abs=1e-6)
    assert traded(3, 7, DAYTIME) == pytest.approx(0, abs=1e-6)
    assert traded(8 / 24, 20 / 24, DAYTIME) == pytest.approx(7 / 3)
    assert traded(0, 14, DAYTIME) == pytest.approx(14)


@pytest.mark.parametrize("hours", ["{}", json.dumps({"mon": None})])
def test_unknown_hours_are_day_and_night(hours: str) -> None:
    assert traded(0.25, 2.5, hours) == pytest.approx(2.25)


def test_a_store_is_open_by_its_own_clock() -> None:
    assert offset_days("America/New_York", datetime(2026, 1, 1, tzinfo=UTC)) == pytest.approx(-5 / 24)


def test_few_sales_lean_on_the_product_elsewhere() -> None:
    pieces, days = np.array([0.0, 3.0, 90.0]), np.array([0.0, 10.0, 90.0])
    pace = level_pace(pieces, days, np.array([1.0, 1.0, 1.0]))
    assert pace[0] == pytest.approx(UNKNOWN_PACE)
    assert pace[1] == pytest.approx((1 + 2) / (1 + 10))
    assert pace[2] == pytest.approx(90 / 91)
    assert level_pace(pieces, days, np.full(3, np.nan))[1] < pace[1]


def test_few_losses_lean_on_the_wider_group() -> None:
    rate = loss_rate(np.array([0.0, 30.0]), np.array([100.0, 1000.0]), np.array([0.01, 0.01]))
    assert rate[0] == pytest.approx(LOSS_PRIOR_PIECES / (LOSS_PRIOR_PIECES / 0.01 + 100))
    assert rate[1] == pytest.approx(33 / 1300)


def test_an_empty_shelf_has_been_empty_for_a_while() -> None:
    assert known_days(np.array([40.0, 40.0]), np.array([0, 3])).tolist() == [20, 40]


def test_a_count_is_worth_what_the_mistake_costs() -> None:
    empty, three = np.zeros((1, 8)), np.zeros((1, 8))
    empty[0, 0], three[0, 3] = 1.0, 1.0
    weights = np.vstack([empty, three, empty, three])
    book, held = np.array([2, 2, 0, 0]), np.array([0, 0, 0, 1])
    worth = count_worth(weights, book, held, np.full(4, 10.0), np.full(4, 0.1))
    demand = 0.1 * DAYS_MISLED
    assert worth.tolist() == pytest.approx([10 * demand * VAIN_TRIP, 0, 0, 10 * demand])
