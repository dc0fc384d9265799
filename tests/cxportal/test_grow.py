"""A simulated chain adds up whatever its size, says what it is, and stays out of real data."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Count, Sum

from customers.models import Customer, Source, Store
from cxportal.growth import Size, SizeError
from cxportal.growth.book import Stretch
from cxportal.models import ImportBatch
from inventory.models import Product, StockLevel, StockMovement
from inventory.services.ledger_check import check_ledger
from tests.factories import make_product, make_store

SMALL = {"levels": 60, "movements": 1_203, "stores": 13, "products": 12, "customers": 7}


def grown(**sizes: int) -> str:
    out = StringIO()
    call_command("grow", stdout=out, **(SMALL | sizes))
    return out.getvalue()


@pytest.mark.django_db(transaction=True)
def test_there_is_as_much_of_everything_as_was_asked_for() -> None:
    told = grown()
    counted = {model: model.objects.count() for model in (StockLevel, StockMovement, Store, Product, Customer)}
    assert list(counted.values()) == list(SMALL.values())
    assert "1,295 rows in " in told
    assert "The book of all 60 levels adds up." in told
    stores = StockLevel.objects.values("product").annotate(stores=Count("store")).values_list("stores", flat=True)
    assert set(stores) == {5}


@pytest.mark.django_db(transaction=True)
def test_its_book_adds_up_and_never_falls_below_zero() -> None:
    grown(levels=39, products=13, movements=39 * 31 + 5)
    checked = check_ledger()
    assert (checked.levels, checked.wrong) == (39, 0)
    assert not StockMovement.objects.filter(on_hand_after__lt=0).exists()
    per_level = StockMovement.objects.values("level").annotate(moved=Count("id"), left=Sum("quantity"))
    assert min(row["moved"] for row in per_level) < 20 < 50 < max(row["moved"] for row in per_level)


@pytest.mark.django_db(transaction=True)
def test_what_a_level_says_of_itself_is_in_its_movements() -> None:
    grown()
    for level in StockLevel.objects.all():
        moments = {
            kind: level.movements.filter(kind=kind).order_by("occurred_at").last()
            for kind in (StockMovement.Kind.SALE, StockMovement.Kind.DELIVERY)
        }
        sold, received = (row.occurred_at if row else None for row in moments.values())
        assert (level.last_sold_at, level.last_received_at) == (sold, received)


@pytest.mark.django_db(transaction=True)
def test_everything_says_that_it_is_simulated() -> None:
    grown()
    assert Source.objects.get(code="growth").kind == Source.Kind.DEMO
    assert ImportBatch.objects.get().rows_new == SMALL["levels"] + SMALL["movements"]
    assert set(StockMovement.objects.values_list("reason", flat=True)) == {"simulated"}
    assert not Store.objects.exclude(name__startswith="Simulated").exists()
    assert not Customer.objects.exclude(masked_name="Simulated C.").exists()


@pytest.mark.django_db(transaction=True)
def test_it_stays_out_of_real_data() -> None:
    make_store()
    with pytest.raises(CommandError, match="This database has stores that are not the demo's"):
        grown()
    assert not StockLevel.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_it_does_not_grow_twice() -> None:
    grown()
    with pytest.raises(CommandError, match="has grown already"):
        grown()


@pytest.mark.django_db(transaction=True)
def test_it_may_grow_beside_the_demo() -> None:
    make_product(), make_store()
    demo = Source.objects.create(code="demo", name="Simulated", kind=Source.Kind.DEMO)
    ImportBatch.objects.create(
        source=demo, file_name="demo", digest="", state=ImportBatch.State.DONE, created_at="2026-01-01T00:00Z"
    )
    assert "adds up" in grown()


@pytest.mark.parametrize(
    ("sizes", "message"),
    [
        ({"levels": 61}, "can't be dealt out"),
        ({"stores": 4}, "at most 4"),
        ({"movements": 59}, "opening stock"),
        ({"products": 0}, "at least one"),
    ],
)
def test_sizes_that_make_no_chain_are_refused(sizes: dict[str, int], message: str) -> None:
    with pytest.raises(SizeError, match=message):
        Size(**(SMALL | sizes))


def test_halves_are_the_whole() -> None:
    whole = Stretch(5, 11, 3, 1_000)
    first, second = whole.halves()
    assert (first.first, first.last, second.first, second.last) == (5, 8, 9, 11)
    assert (first.levels + second.levels, first.movements + second.movements) == (whole.levels, whole.movements)
    assert Stretch(5, 5, 3, 10).halves() == [Stretch(5, 5, 3, 10)]
