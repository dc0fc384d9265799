"""The demo as loaded: real lines with all their rows, nothing left of a load that failed, nothing twice."""

import json
import threading
from datetime import datetime, timedelta
from decimal import Decimal
from io import StringIO

import psycopg2.errors
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from customers.lookup import find_customer_ids
from customers.models import Consent, Customer, Identifier, Interaction, Message, Source, Store
from customers.wellknown import source
from cxportal.demo import Choice, NotEmptyError, extra, load, loaded_batch
from cxportal.demo.accounts import till_key
from cxportal.demo.clock import Clock
from cxportal.demo.loader import Load, load_tills
from cxportal.demo.people import loyalty_number
from cxportal.demo.progress import Progress
from cxportal.demo.replay import GIVE_UP_AFTER, Replay, kept_day_receipts
from cxportal.demo.slices import Slice, read_slices
from cxportal.demo.state import FILE_NAME, SOURCE, only_one
from cxportal.keys import hash_key
from cxportal.models import ApiKey, ImportBatch, StaffMember
from cxportal.roles import ROLES, Role
from inventory.models import (
    Delivery,
    Discrepancy,
    Hold,
    Product,
    Sale,
    SaleLine,
    StockLevel,
    StockMovement,
    StockQuestion,
    Synonym,
)
from inventory.services.ledger_check import check_ledger
from inventory.services.sales import LineIn, post_sale, sale_facts
from tests.factories import make_customer, make_interaction, make_wellknown

SMALL = Choice(stores=2, weeks=1)

pytestmark = pytest.mark.django_db(transaction=True)


def slices(now: datetime) -> list[Slice]:
    return read_slices(Clock.at(now), stores=SMALL.stores, weeks=SMALL.weeks, parts=2)


def test_every_line_comes_with_all_its_rows() -> None:
    now = timezone.now()
    report = load(SMALL, accounts=True, now=now, quiet=True)
    halves = slices(now)
    batch = loaded_batch()
    assert report is not None
    assert batch is not None
    assert report.lines == SaleLine.objects.count() == sum(map(len, halves)) == batch.rows_total
    assert Sale.objects.count() == Interaction.objects.filter(source__code="till").count()
    assert StockMovement.objects.filter(kind=StockMovement.Kind.SALE).count() == report.lines
    found = check_ledger()
    assert (found.levels, found.wrong) == (sum(len(half.level_store) for half in halves), 0)
    # Sold until a moment ago, and nothing in the future.
    newest = Sale.objects.latest("sold_at").sold_at
    assert now - timedelta(days=1) < newest <= now
    below = StockLevel.objects.filter(on_hand__lt=0).values_list("pk", flat=True)
    assert set(Discrepancy.objects.values_list("level", flat=True)) == set(below)


def test_receipts_are_what_the_till_service_would_have_written() -> None:
    load(SMALL, accounts=False, quiet=True)
    for sale in Sale.objects.select_related("interaction", "store").order_by("id")[:50]:
        entry, lines = sale.interaction, list(sale.lines.all())
        pieces = sum(line.quantity for line in lines)
        assert entry.facts == sale_facts(sale.receipt, pieces, sale.total, "USD")
        assert sale.total == sum(line.quantity * line.unit_price for line in lines)
        assert (entry.subject, entry.event_id) == (f"sale:{sale.receipt}", f"{sale.store.code}:{sale.receipt}")
        assert (entry.customer_id, entry.store_id, entry.occurred_at) == (sale.customer_id, sale.store_id, sale.sold_at)


def test_till_goes_on_where_the_load_ended() -> None:
    load(SMALL, accounts=False, quiet=True)
    now = timezone.now()
    store, customer = Store.objects.order_by("id")[0], Customer.objects.order_by("id")[0]
    # Customers are in the order of their households.
    number = loyalty_number(int(slices(now)[0].catalogue.households[0]))
    sku = Product.objects.order_by("-id")[0].sku
    sale = post_sale(
        store=store, receipt="new", sold_at=now, lines=[LineIn(sku, 1, Decimal(1))], now=now, loyalty_number=number
    )
    assert sale.customer_id == customer.pk
    assert check_ledger().wrong == 0


def test_kept_day_finds_its_products_on_the_shelf() -> None:
    load(SMALL, accounts=False, quiet=True)
    codes = dict(Store.objects.values_list("code", "pk"))
    receipts = kept_day_receipts([int(code[1:]) for code in codes])
    assert receipts
    assert [one.second for one in receipts] == sorted(one.second for one in receipts)
    levels = {
        (store, sku): free
        for store, sku, free in StockLevel.objects.values_list("store__code", "product__sku", "on_hand")
    }
    for receipt in receipts:
        for sku, quantity, _ in receipt.lines:
            levels[receipt.store, sku] -= quantity
            assert levels[receipt.store, sku] >= 0
    assert all(find_customer_ids(Identifier.Kind.LOYALTY, receipt.loyalty_number) for receipt in receipts)


def test_stories_are_there_and_marked() -> None:
    load(SMALL, accounts=True, quiet=True)
    assert set(Hold.objects.values_list("state", flat=True)) == set(Hold.State) - {"NOT_FOUND"}
    assert set(Message.objects.values_list("state", flat=True)) == {"SENT", "DROPPED", "MERGED"}
    assert Source.objects.get(code=SOURCE).kind == Source.Kind.DEMO
    assert not Interaction.objects.exclude(source__code__in=["till", SOURCE]).exists()
    assert Consent.objects.filter(proof__startswith="Simulated").count() == Consent.objects.count() > 0
    assert Customer.objects.filter(open_complaints__gt=0).exists()


def test_clerks_store_has_something_of_everything() -> None:
    load(SMALL)
    store = StaffMember.objects.get(role=Role.STORE_CLERK).store
    assert Hold.objects.filter(store=store, state=Hold.State.REQUESTED).exists()
    assert StockQuestion.objects.filter(store=store, state=StockQuestion.State.OPEN).exists()
    assert Synonym.objects.filter(said="nappies").exists()
    assert Delivery.objects.filter(store=store, state=Delivery.State.EXPECTED).exists()


def test_second_load_does_nothing() -> None:
    first, second = StringIO(), StringIO()
    call_command("load_demo", stores=1, weeks=1, stdout=first)
    lines = SaleLine.objects.count()
    call_command("load_demo", stores=3, weeks=2, stdout=second)
    assert "till lines" in first.getvalue()
    assert second.getvalue() == "The demo is there already: nothing to do.\n"
    assert SaleLine.objects.count() == lines


def test_real_customers_are_left_alone() -> None:
    make_customer()
    with pytest.raises(CommandError, match="customers that are not the demo's"):
        call_command("load_demo", stdout=StringIO())
    assert not Source.objects.filter(code=SOURCE).exists()


def test_load_that_fails_in_one_half_leaves_nothing() -> None:
    make_wellknown()
    now = timezone.now()
    half = slices(now)[1]
    code = f"s{half.catalogue.stores[half.sale_store[-1]]}"
    # The till has sent the last receipt of one half already: the other half must not stay either.
    make_interaction(source_id=source("till"), event_id=f"{code}:{half.sale_basket[-1]}")
    with pytest.raises(psycopg2.errors.UniqueViolation):
        load(SMALL, accounts=True, now=now, quiet=True)
    assert not Sale.objects.exists()
    assert not StockLevel.objects.exists()
    assert not Customer.objects.exists()
    assert not Source.objects.filter(code=SOURCE).exists()
    assert Interaction.objects.count() == 1


def test_ground_of_a_broken_load_is_swept_away() -> None:
    demo = Source.objects.create(code=SOURCE, name="Demo", kind=Source.Kind.DEMO)
    running = ImportBatch.State.RUNNING
    ImportBatch.objects.create(source=demo, file_name=FILE_NAME, digest="0", state=running, created_at=timezone.now())
    left = make_customer(name="Left Over")
    load(SMALL, accounts=False, quiet=True)
    assert not Customer.objects.filter(pk=left.pk).exists()
    assert loaded_batch() is not None


def test_load_that_broke_off_behind_the_tills_is_finished() -> None:
    make_wellknown()
    # As if the machine had stopped between the tills' COMMIT and the last one.
    lines = load_tills(Load(SMALL, timezone.now(), Progress(1, quiet=True))).lines
    assert loaded_batch() is None
    report = load(SMALL, accounts=False, quiet=True)
    assert report is not None
    assert report.lines == SaleLine.objects.count() == lines
    assert loaded_batch() is not None
    assert ApiKey.objects.count() == 2


def test_access_is_what_opens_the_door() -> None:
    load(SMALL, accounts=True, quiet=True)
    out = StringIO()
    call_command("demo_access", json=True, stdout=out)
    known = json.loads(out.getvalue())
    assert [login["role"] for login in known["logins"]] == [role.value for role in ROLES]
    for login in known["logins"]:
        staff = StaffMember.objects.get(username=login["username"])
        assert staff.check_password(login["password"])
        assert staff.role == login["role"]
        assert list(staff.groups.values_list("name", flat=True)) == [login["role"]]
    assert [till["store"] for till in known["tills"]] == list(
        Store.objects.order_by("id").values_list("code", flat=True)
    )
    for till in known["tills"]:
        assert bytes(ApiKey.objects.get(store__code=till["store"]).key_hash) == hash_key(till["key"])


def test_server_of_ones_own_gets_no_known_passwords() -> None:
    load(SMALL, accounts=False, quiet=True)
    out = StringIO()
    call_command("demo_access", json=True, stdout=out)
    assert json.loads(out.getvalue())["logins"] == []
    assert not StaffMember.objects.exists()


def test_no_demo_no_access() -> None:
    for command in ("demo_access", "replay_till"):
        with pytest.raises(CommandError, match="There is no demo here"):
            call_command(command, stdout=StringIO())


def test_missing_packages_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extra, "NEEDED", ("completejourney_py_that_nobody_has",))
    with pytest.raises(CommandError, match=r'pip install "cxportal\[demo\]"'):
        call_command("load_demo", stdout=StringIO())


def test_replay_gives_up_when_nobody_answers() -> None:
    keys = {"s367": "cx_1", "s406": "cx_2"}
    player = Replay("http://127.0.0.1:9", keys, run="1", tills=2, clock=timezone.now, first_wait_seconds=0.0001)
    tally = player.play(kept_day_receipts([367, 406]), speed=1e9, tell=lambda _: None)
    assert tally.is_hopeless
    assert tally.receipts == 0
    assert GIVE_UP_AFTER <= tally.failed <= GIVE_UP_AFTER + 1


def test_replay_knows_its_stores() -> None:
    load(Choice(stores=1, weeks=1), accounts=False, quiet=True)
    with pytest.raises(CommandError, match="No demo till in store s1"):
        call_command("replay_till", store="s1", stdout=StringIO())


@pytest.mark.parametrize(
    ("name", "value"), [("speed", 0.0), ("speed", float("nan")), ("tills", 0), ("limit", -3), ("url", "localhost:8000")]
)
def test_replay_refuses_what_cannot_be_meant(name: str, value: object) -> None:
    with pytest.raises(CommandError, match=f"--{name} must"):
        call_command("replay_till", stdout=StringIO(), **{name: value})


def test_till_keys_depend_on_the_secret(settings: Settings) -> None:
    before = till_key("s1")
    settings.SECRET_KEY = "another"
    assert till_key("s1") != before


def test_only_one_load_at_a_time() -> None:
    taken, over = threading.Event(), threading.Event()

    def hold() -> None:
        with only_one():
            taken.set()
            over.wait(10)
        connection.close()

    other = threading.Thread(target=hold)
    other.start()
    taken.wait(10)
    try:
        with pytest.raises(NotEmptyError, match="Another load_demo is running"):
            load(SMALL, quiet=True)
    finally:
        over.set()
        other.join()
    assert not Source.objects.filter(code=SOURCE).exists()
