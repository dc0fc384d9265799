"""bench prints what a script may rely on: these names, these members, nothing else on stdout. Speed is not tested."""

import json
from typing import Any

import pytest
from django.db import connection

from customers import wellknown
from customers.lookup import hash_of
from customers.models import Identifier
from cxportal.bench.figures import Figure, percentile
from cxportal.bench.raw_till import STEPS, RawTill, SaleIn, post, statements_of
from tests.cxportal.benching import small_bench
from tests.factories import NOW, make_customer, make_level, make_product, make_store

NAMES = {
    "post_sale_statements",
    "post_sale_vs_raw_sql",
    "post_sale_vs_raw_sql_8",
    "availability_500_statements",
    "oversold",
    "load_lines_per_s",
    "load_peak_mb",
    "page_cpu_ms",
    "json_cpu_ms",
    "live_p99_ms",
    "live_lost",
}
MEMBERS = {"area", "name", "value", "unit", "n", "goal", "ok"}
WRITTEN = ("customers_interaction", "inventory_sale", "inventory_saleline", "inventory_stockmovement")


@pytest.fixture(scope="module")
def lines() -> dict[str, dict[str, Any]]:
    """What a small run prints, by name."""
    done = small_bench("stock")
    assert done.returncode == 0, done.stderr
    found = [json.loads(line) for line in done.stdout.splitlines()]
    return {line["name"]: line for line in found}


def test_stock_prints_each_figure_once_with_its_members(lines: dict[str, dict[str, Any]]) -> None:
    assert set(lines) == NAMES
    for line in lines.values():
        assert line.keys() >= MEMBERS
        assert line["area"] == "stock"
        assert isinstance(line["value"], int | float)
        assert line["n"] > 0


def test_peers_stand_beside_their_figures(lines: dict[str, dict[str, Any]]) -> None:
    for name in ("post_sale_vs_raw_sql", "post_sale_vs_raw_sql_8"):
        assert lines[name]["ratio"] == lines[name]["value"]
        assert lines[name]["peer"]["sales_per_s"] > 0


def test_what_does_not_depend_on_speed_keeps_its_promise(lines: dict[str, dict[str, Any]]) -> None:
    for name in ("post_sale_statements", "availability_500_statements", "oversold", "live_lost"):
        assert lines[name]["ok"], lines[name]
    assert lines["oversold"]["sold"] == [10]


def test_a_till_without_fsync_is_never_ok(lines: dict[str, dict[str, Any]]) -> None:
    # The tests' own cluster.
    assert lines["post_sale_vs_raw_sql"]["fsync"] == "off"
    assert not lines["post_sale_vs_raw_sql"]["ok"]


def test_a_figure_that_could_not_be_measured_is_printed_and_not_ok() -> None:
    line = json.loads(Figure("oversold", None, n=0).line("stock"))
    assert line == {
        "area": "stock",
        "name": "oversold",
        "value": None,
        "unit": "pieces",
        "n": 0,
        "goal": 0,
        "ok": False,
    }


@pytest.mark.parametrize(("share", "value"), [(0.5, 50.0), (0.99, 99.0), (1.0, 100.0)])
def test_percentile_is_the_nearest_rank(share: float, value: float) -> None:
    assert percentile([float(number) for number in range(100, 0, -1)], share) == value


@pytest.mark.django_db(transaction=True)
def test_the_raw_till_writes_what_the_service_writes() -> None:
    wellknown.create_all()
    store, product = make_store(code="B001"), make_product(sku="BENCH-1")
    make_level(product=product, store=store, on_hand=9)
    Identifier.objects.create(
        customer=make_customer(),
        kind=Identifier.Kind.LOYALTY,
        value_hash=hash_of(Identifier.Kind.LOYALTY, "L1"),
        source_id=wellknown.source("till"),
        created_at=NOW,
    )
    post(SaleIn(store, "0", "BENCH-1", "L1", NOW))
    texts = [text for text, _ in statements_of(lambda: post(SaleIn(store, "1", "BENCH-1", "L1", NOW)))]
    assert len(texts) == len(STEPS)
    till = RawTill(texts)
    till.post(SaleIn(store, "2", "BENCH-1", "L1", NOW))
    till.close()
    for table in WRITTEN:
        (service, raw) = _last_two(table)
        assert service == raw, table


def _last_two(table: str) -> list[dict[str, Any]]:
    """The last two rows without what must differ: ids, receipt numbers, the balance after."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT to_jsonb(t) FROM {table} t ORDER BY id DESC LIMIT 2")
        rows = [json.loads(row) for (row,) in cursor.fetchall()]
    own = {"id", "interaction_id", "sale_id", "sale_line_id", "receipt", "subject", "event_id", "on_hand_after"}
    for row in rows:
        if "facts" in row:
            row["facts"].pop("receipt")
    return [{key: value for key, value in row.items() if key not in own} for row in rows]
