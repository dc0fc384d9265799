"""The closed form of shelf confidence, and its words."""

from datetime import timedelta
from math import exp
from typing import Any

import pytest

from inventory.confidence import Evidence, band, likely_there, poisson_at_most, probability
from tests.factories import NOW


def test_poisson_tail_against_the_series() -> None:
    assert poisson_at_most(0, 0.5) == pytest.approx(exp(-0.5))
    assert poisson_at_most(2, 1.5) == pytest.approx(exp(-1.5) * (1 + 1.5 + 1.125))


def test_empty_record_is_never_there() -> None:
    assert probability(0, pace_per_day=1, loss_per_day=0.01, proof_days=0, silent_days=0) == 0


def test_fresh_proof_is_certain() -> None:
    assert probability(1, pace_per_day=1, loss_per_day=0.01, proof_days=0, silent_days=0) == 1


def test_closed_form_by_hand() -> None:
    there = exp(-0.3)
    quiet = there * exp(-2)
    assert probability(1, pace_per_day=0.2, loss_per_day=0.03, proof_days=10, silent_days=10) == pytest.approx(
        quiet / (quiet + 1 - there)
    )


@pytest.mark.parametrize(("more", "less"), [({"record": 5}, {"record": 1}), ({"proof_days": 1}, {"proof_days": 30})])
def test_more_pieces_and_newer_proof_are_surer(more: dict[str, int], less: dict[str, int]) -> None:
    common: dict[str, Any] = {
        "record": 2,
        "pace_per_day": 0.1,
        "loss_per_day": 0.02,
        "proof_days": 14,
        "silent_days": 3,
    }
    assert probability(**{**common, **more}) > probability(**{**common, **less})


def evidence(**values: Any) -> Evidence:
    known: dict[str, Any] = {
        "free": 2,
        "pace_per_day": 0.5,
        "last_proof_at": NOW - timedelta(days=19),
        "last_sold_at": None,
    }
    return Evidence(**{**known, **values})


def test_silence_of_a_seller_lowers_the_chance() -> None:
    slow = likely_there(evidence(pace_per_day=0.0), NOW)
    assert likely_there(evidence(), NOW) < 0.05 < slow


def test_not_found_since_the_last_proof_halves_the_chance() -> None:
    sure = evidence(last_proof_at=NOW - timedelta(hours=2))
    missed = evidence(last_proof_at=NOW - timedelta(hours=2), last_missed_at=NOW - timedelta(hours=1))
    found_again = evidence(last_proof_at=NOW - timedelta(hours=1), last_missed_at=NOW - timedelta(hours=2))
    assert likely_there(missed, NOW) == pytest.approx(likely_there(sure, NOW) / 2)
    assert likely_there(found_again, NOW) > 0.9


@pytest.mark.parametrize(
    ("chance", "free", "expected"),
    [(0.99, 3, "SURE"), (0.85, 1, "SURE"), (0.84, 1, "ASK"), (0.2, 1, "ASK"), (0.19, 1, "GONE"), (0.99, 0, "GONE")],
)
def test_bands(chance: float, free: int, expected: str) -> None:
    assert band(chance, free) == expected


def test_book_below_zero_is_not_known() -> None:
    assert band(0.0, 0, on_hand=-1) == "UNKNOWN"


def test_a_shelf_where_it_was_not_found_is_never_sure() -> None:
    assert band(0.99, 3, is_doubted=True) == "ASK"
    assert band(0.1, 3, is_doubted=True) == "GONE"
