"""bench inventory: what it prints, and that its measurements measure what they say. Speed is not tested."""

import json
import random
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from customers import wellknown
from customers.models import Customer
from cxportal.bench import crush, curve, flow, peers
from cxportal.bench.areas import AREAS
from cxportal.bench.peers import OSCAR, ask, with_oversold
from cxportal.bench.raw_hold import RawHold, place, wording
from cxportal.bench.wishes import People, Wish, Wishes, free_levels, set_free
from cxportal.growth.book import Stretch, write_levels
from cxportal.growth.ground import write_customers, write_products, write_stores
from inventory.models import Hold, StockLevel
from inventory.services import placing
from inventory.services.ledger_check import check_ledger
from tests.cxportal.benching import small_bench
from tests.factories import NOW

MEMBERS = {"area", "name", "value", "unit", "n", "goal", "ok"}
# Peers are installed by `make bench`, not by the tests.
WITH_PEER = {"availability_vs_oscar", "hold_vs_oscar", "hold_vs_pretix"}
HOLD_TABLES = ("inventory_hold", "customers_interaction", "inventory_holdevent", "inventory_stockmovement")


@pytest.fixture(scope="module")
def lines() -> dict[str, dict[str, Any]]:
    """What a small run prints, by name."""
    done = small_bench("inventory")
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert found, done.stderr
    return {line["name"]: line for line in found}


def test_each_figure_is_printed_once_with_its_members(lines: dict[str, dict[str, Any]]) -> None:
    names = [name for part in AREAS["inventory"] for name in part.names]
    assert sorted(lines) == sorted(names)
    for name, line in lines.items():
        assert line.keys() >= MEMBERS
        assert line["area"] == "inventory"
        assert isinstance(line["value"], int | float) == (line["n"] > 0) or name in WITH_PEER, line


def test_what_does_not_depend_on_speed_keeps_its_promise(lines: dict[str, dict[str, Any]]) -> None:
    for name in ("oversold", "unsold"):
        assert lines[name]["ok"], lines[name]
        assert lines[name]["wrong_levels"] == 0
    assert lines["ingest_per_s"]["same_after_repeats"]
    assert lines["hold_p99_ms"]["refused"] == 0
    assert lines["availability_vs_oscar"]["statements"] == 1


def test_the_curve_says_what_is_measured_and_what_is_guessed(lines: dict[str, dict[str, Any]]) -> None:
    line = lines["growth_1e5_to_1e7"]
    assert [point["movements"] for point in line["curve"]] == [10_000, 60_000]
    assert line["extrapolated"]["movements"] == 100_000_000
    assert line["value"] == pytest.approx(max(line["ratios"].values()), abs=0.01)


@pytest.fixture
def chain(transactional_db: None) -> People:
    """A small grown chain and its people."""
    wellknown.create_all()
    write_stores(1, 6)
    write_products(1, 20)
    write_customers(120, NOW)
    write_levels(Stretch(1, 20, 3, 600), NOW)
    return People.all()


def wish(people: People, seed: int = 0) -> Wish:
    (customer,), (level,) = people.take(1), free_levels(1, random.Random(seed))
    return Wish(customer, level)


def test_the_raw_hold_writes_what_the_service_writes(chain: People) -> None:
    place(wish(chain))
    statements = wording(wish(chain))
    raw = RawHold(statements)
    raw.place(wish(chain))
    raw.close()
    assert Hold.objects.count() == 3
    for table in HOLD_TABLES:
        service, plain = _last_two(table)
        assert service == plain, table
    assert check_ledger().wrong == 0


def _last_two(table: str) -> list[dict[str, Any]]:
    """The last two rows without what must differ: whose, when, which shelf."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT to_jsonb(t) FROM {table} t ORDER BY id DESC LIMIT 2")
        rows = [json.loads(row) for (row,) in cursor.fetchall()]
    own = {"id", "public_id", "code", "level_id", "store_id", "customer_id", "hold_id", "interaction_id", "subject"}
    own |= {"event_id", "facts", "on_hand_after", "placed_at", "expires_at", "occurred_at", "recorded_at"}
    return [{key: value for key, value in row.items() if key not in own} for row in rows]


def test_a_refused_raw_hold_is_no_success(chain: People) -> None:
    statements = wording(wish(chain))
    last = wish(chain)
    set_free([last.level], 0, NOW)
    raw = RawHold(statements)
    with pytest.raises(RuntimeError, match="was refused"):
        raw.place(last)
    raw.close()


def test_levels_are_set_free_by_a_count_in_the_book(chain: People) -> None:
    levels = free_levels(10, random.Random(1))
    set_free(levels, 1, NOW)
    assert {level.free for level in StockLevel.objects.filter(pk__in=[level.pk for level in levels])} == {1}
    assert check_ledger().wrong == 0


def test_wishes_end_and_say_so(chain: People) -> None:
    wishes = Wishes(chain.take(2), free_levels(1, random.Random(2)))
    wishes.next()
    with pytest.raises(RuntimeError, match="more calls than customers or free levels"):
        wishes.next()
    with pytest.raises(RuntimeError, match="118 are left"):
        chain.take(119)
    with pytest.raises(RuntimeError, match="too small"):
        free_levels(1_000, random.Random(3))


def test_crush_finds_nothing_wrong_where_the_condition_stands(chain: People) -> None:
    over, unsold = crush.figures(chain, crush.Crush(pieces=5))
    assert (over.value, unsold.value, over.is_ok, unsold.is_ok) == (0, 0, True, True)


def test_crush_oversells_where_the_condition_is_gone(chain: People, monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: processes are forked, so they have no condition either."""
    monkeypatch.setattr(placing, "ENOUGH", "true")
    over, _ = crush.figures(chain, crush.Crush(pieces=5))
    assert over.value
    assert over.value > 0
    assert not over.is_ok


def test_expiry_leaves_a_book_that_adds_up(chain: People) -> None:
    figure = flow.expiry(chain, flow.Flow(holds=20))
    assert figure.n == 20
    assert set(Hold.objects.values_list("state", flat=True)) == {Hold.State.EXPIRED}
    assert check_ledger().wrong == 0


def test_ingest_counts_what_is_new(chain: People) -> None:
    figure = flow.ingest(flow.Flow(batches=2, rows=30))
    assert (figure.n, figure.is_sound) == (60, True)
    assert check_ledger().wrong == 0


def test_beyond_the_measured_is_a_straight_line() -> None:
    points = [curve.Point(10**power, 1, 2.0 + power, 1.0, 3.0) for power in (5, 6, 7)]
    assert curve.beyond(points, "hold_ms") == pytest.approx(10.0)
    assert curve.beyond(points, "sale_ms") == pytest.approx(1.0)


def test_a_peer_that_is_not_installed_is_no_peer(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(settings, "CX_LOCAL", settings.CX_LOCAL / "nowhere")
    assert ask(OSCAR, what="sell") is None
    assert "django-oscar is not installed" in capsys.readouterr().err
    assert peers.PRETIX.python.parts[-3] == "pretix-venv" != OSCAR.python.parts[-3]


def test_pieces_sold_beyond_what_was_there_are_added_up() -> None:
    assert with_oversold({"sold": [10, 40, 9]}, 10) == {"sold": [10, 40, 9], "oversold": 30}
    assert with_oversold(None, 10) is None


def test_nobody_is_told_anything(chain: People) -> None:
    assert not Customer.objects.exclude(masked_phone="", masked_email="").exists()
