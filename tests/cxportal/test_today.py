"""The page "today": what counts as today and as usual, what is an alert, who sees which store's ledger."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from customers.models import Interaction, Message, Store
from customers.selectors import newest_entries
from cxportal.dashboards.alerts import alerts_for
from cxportal.dashboards.figures import today_figures
from cxportal.dashboards.measures import Slice, Standing, by_hour, so_far, standing, usual_range
from cxportal.dashboards.reads import ledger_entries
from cxportal.dashboards.scope import Sight, clock_of
from cxportal.models import StaffMember
from cxportal.roles import Role
from inventory.models import Product, StockLevel, StockMovement
from inventory.selectors.alerts import below_zero, oversold, sold_out_today
from inventory.selectors.sales import pieces_today, sales_by_hour
from inventory.tickets import ledger_channel, read_ticket
from tests.factories import (
    make_customer,
    make_discrepancy,
    make_interaction,
    make_level,
    make_message,
    make_movement,
    make_product,
    make_sale,
    make_staff,
    make_store,
)

# A Sunday: 11:00 in Chicago, noon in New York, and in Tokyo it is Monday already.
NOON = datetime(2026, 11, 22, 17, 0, tzinfo=UTC)


def signed_in(staff: StaffMember) -> Client:
    client = Client()
    client.force_login(staff)
    return client


# --- What the figures mean ---------------------------------------------------------------------------------------


def test_usual_range_is_the_prediction_interval_of_one_more_day() -> None:
    usual = usual_range([10, 12, 14, 16])
    assert usual is not None
    assert (usual.mean, usual.n) == (13, 4)
    assert usual.high - usual.mean == pytest.approx(3.182 * 2.581989 * 1.118034, rel=1e-6)


def test_usual_range_does_not_fall_below_zero() -> None:
    usual = usual_range([0, 1, 40])
    assert usual is not None
    assert usual.low == 0


@pytest.mark.parametrize("earlier", [[], [5.0], [5.0, 6.0]])
def test_fewer_than_three_days_are_not_compared_with(earlier: list[float]) -> None:
    assert usual_range(earlier) is None
    assert standing(1000, usual_range(earlier)) is Standing.UNKNOWN


@pytest.mark.parametrize(
    ("value", "expected"),
    [(13, Standing.WITHIN), (22, Standing.WITHIN), (23, Standing.ABOVE), (3, Standing.BELOW)],
)
def test_only_what_lies_outside_the_range_is_news(value: float, expected: Standing) -> None:
    assert standing(value, usual_range([10, 12, 14, 16])) is expected


def test_earlier_days_count_up_to_the_same_time_and_only_when_something_was_sold() -> None:
    parts = [Slice(0, 9, True, 5), Slice(7, 9, True, 4), Slice(7, 18, False, 90), Slice(14, 18, False, 80)]
    assert so_far(parts) == (5, [4, 0])


def test_hours_run_from_the_first_to_the_last_without_gaps() -> None:
    parts = [Slice(ago, 8, True, 3) for ago in (7, 14, 21)] + [Slice(0, 10, True, 2)]
    assert [(hour.hour, hour.today, hour.usual) for hour in by_hour(parts)] == [(8, 0, 3), (9, 0, 0), (10, 2, 0)]


# --- What is read ------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_today_is_the_day_of_the_stores_own_clock() -> None:
    tokyo = make_store(time_zone="Asia/Tokyo")
    chicago = make_store(time_zone="America/Chicago")
    milk = make_product(price=Decimal("2.00"))
    # 03:00 UTC on Sunday is still Saturday in Chicago, and Sunday noon in Tokyo.
    early = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
    make_sale([(milk, 1)], store=chicago, sold_at=early)
    make_sale([(milk, 3)], store=tokyo, sold_at=early)
    # Tokyo's clock shows Monday 02:00 by now: its Sunday is over.
    assert sales_by_hour(NOON, weeks=4) == []
    assert pieces_today(datetime(2026, 11, 22, 4, 0, tzinfo=UTC)) == 4
    at_four = sales_by_hour(datetime(2026, 11, 22, 4, 0, tzinfo=UTC), weeks=4)
    assert [(row.days_ago, row.hour, row.receipts) for row in at_four] == [(0, 12, 1), (0, 21, 1)]


@pytest.mark.django_db
def test_only_the_same_weekday_is_compared() -> None:
    store, milk = make_store(time_zone="UTC"), make_product(price=Decimal("2.50"))
    for days in (0, 1, 6, 7, 8, 28, 35):
        make_sale([(milk, 2)], store=store, sold_at=NOON - timedelta(days=days))
    rows = sales_by_hour(NOON, weeks=4)
    assert [(row.days_ago, row.by_now, row.total) for row in rows] == [(ago, True, Decimal(5)) for ago in (0, 7, 28)]


@pytest.mark.django_db
def test_later_in_the_day_is_not_compared_with_so_far() -> None:
    store, milk = make_store(time_zone="UTC"), make_product()
    make_sale([(milk, 1)], store=store, sold_at=NOON - timedelta(days=7) + timedelta(minutes=1))
    assert [row.by_now for row in sales_by_hour(NOON, weeks=4)] == [False]


@pytest.mark.django_db
def test_each_currency_has_its_card_and_receipts_have_one() -> None:
    milk = make_product(price=Decimal("1.00"))
    for currency in ("USD", "EUR"):
        store = make_store(time_zone="UTC", currency=currency)
        make_sale([(milk, 4)], store=store, sold_at=NOON)
    figures = today_figures(NOON, None, clock_of(None))
    assert [card["figure"] for card in figures.cards] == ["€4", "$4", "2"]
    assert {card["tag"] for card in figures.cards} == {"No comparison yet"}


def sell_out(store: Store, product: Product, *, pieces: int, now: datetime) -> StockLevel:
    level = make_level(store=store, product=product, on_hand=0)
    make_movement(level, quantity=-pieces, kind=StockMovement.Kind.SALE, occurred_at=now - timedelta(hours=1))
    make_sale([(product, 1)], store=store, sold_at=now - timedelta(hours=1))
    return level


@pytest.mark.django_db
def test_sold_out_is_what_usually_sells_and_has_no_free_piece() -> None:
    store = make_store(time_zone="UTC")
    sell_out(store, make_product(name="Milk"), pieces=9, now=NOON)
    sell_out(store, make_product(name="Bread"), pieces=4, now=NOON)
    sell_out(store, make_product(name="Caviar"), pieces=3, now=NOON)
    there = sell_out(store, make_product(name="Eggs"), pieces=9, now=NOON)
    StockLevel.objects.filter(pk=there.pk).update(on_hand=1)
    held = sell_out(store, make_product(name="Tea"), pieces=5, now=NOON)
    StockLevel.objects.filter(pk=held.pk).update(on_hand=1, held=1)
    found = [(row.product, row.pieces, row.held) for row in sold_out_today(NOON, 10)]
    assert found == [("Milk", 9, 0), ("Tea", 5, 1), ("Bread", 4, 0)]
    assert sold_out_today(NOON, 10, make_store().pk) == []
    assert [row.in_all for row in sold_out_today(NOON, 2)] == [3, 3]


@pytest.mark.django_db
def test_a_level_is_listed_once_with_all_that_is_missing() -> None:
    level = make_level(on_hand=0)
    StockLevel.objects.filter(pk=level.pk).update(on_hand=-3)
    make_discrepancy(level=level, missing=1)
    make_discrepancy(level=level, missing=2)
    make_discrepancy(missing=5, settled_at=NOON)
    assert [(row.missing, row.receipts, row.in_all) for row in oversold(10)] == [(3, 2, 1)]
    # What a discrepancy explains is not said twice.
    assert not below_zero().exists()
    assert oversold(10, make_store().pk) == []


@pytest.mark.django_db
def test_every_alert_has_a_thing_to_do() -> None:
    make_discrepancy()
    make_message(state=Message.State.DEAD)
    admin, head = make_staff(Role.ADMINISTRATOR), make_staff(Role.CX_HEAD)
    assert [bool(alert.action_url) for alert in alerts_for(admin, None, NOON)] == [True, True]
    assert [alert.action_url for alert in alerts_for(head, None, NOON)] == ["", ""]
    assert all(alert.advice for alert in alerts_for(head, None, NOON))
    assert alerts_for(head, make_store(), NOON) == []


# --- Who sees it -------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_strangers_are_sent_to_the_login() -> None:
    for name in ("today", "today-ledger", "today-figures", "today-ticket"):
        answer = Client().get(reverse(name))
        assert answer.status_code == 302
        assert answer["Location"].startswith(reverse("login"))


@pytest.mark.django_db
def test_who_may_not_see_today_is_sent_to_his_first_page() -> None:
    client = signed_in(make_staff(Role.OUTSOURCED_AGENT))
    assert client.get("/")["Location"] == "/customers/"
    assert client.get(reverse("today-ledger")).status_code == 403
    assert client.get(reverse("today-figures")).status_code == 403
    assert client.get(reverse("today-ticket")).status_code == 403


@pytest.mark.django_db
@pytest.mark.parametrize("role", [Role.UX_DESIGNER, Role.INTERNAL_COMMUNICATIONS])
def test_who_has_the_style_guide_alone_lands_there(role: Role) -> None:
    assert signed_in(make_staff(role)).get("/")["Location"] == "/styleguide/"


@pytest.mark.django_db
def test_store_staff_see_their_own_store_only() -> None:
    now = timezone.now()
    mine, other = make_store(name="Here"), make_store(name="There")
    for store, name in ((mine, "Anna Here"), (other, "Bob There")):
        customer = make_customer(name=name)
        make_interaction(store=store, customer=customer, occurred_at=now, facts={"total": "1.00", "currency": "USD"})
        make_discrepancy(level=make_level(store=store, product=make_product(name=f"Milk {store.name}")))
    page = signed_in(make_staff(Role.STORE_MANAGER, store=mine)).get("/").content.decode()
    assert "Anna H." in page
    assert "Milk Here" in page
    assert "There" not in page
    chain = signed_in(make_staff(Role.CX_HEAD)).get("/").content.decode()
    assert "Anna H." in chain
    assert "Bob T." in chain


@pytest.mark.django_db
def test_the_ticket_names_the_own_store_for_store_staff_and_the_chain_for_others() -> None:
    store = make_store()
    expected = {
        make_staff(Role.STORE_CLERK, store=store): ledger_channel(store.pk),
        make_staff(Role.CX_HEAD): ledger_channel(None),
    }
    for staff, channel in expected.items():
        ticket = signed_in(staff).get(reverse("today-ticket")).json()["ticket"]
        assert read_ticket(ticket) == [channel]


@pytest.mark.django_db
def test_the_ledger_never_shows_a_full_name() -> None:
    make_interaction(customer=make_customer(name="Maria Gross"), occurred_at=timezone.now())
    page = signed_in(make_staff(Role.CX_HEAD)).get(reverse("today-ledger")).content.decode()
    assert "Maria G." in page
    assert "Gross" not in page


@pytest.mark.django_db
def test_a_row_nobody_thought_of_is_still_named() -> None:
    for kind in Interaction.Kind:
        make_interaction(kind=kind, facts={}, occurred_at=timezone.now())
    page = signed_in(make_staff(Role.CX_HEAD)).get(reverse("today-ledger"))
    assert len(page.context["entries"]) == len(Interaction.Kind)
    assert all(entry["title"] for entry in page.context["entries"])


@pytest.mark.django_db
def test_the_ledger_says_when_a_row_is_not_of_today() -> None:
    store = make_store(time_zone="UTC")
    for hours in (1, 20, 21):
        make_interaction(store=store, occurred_at=NOON - timedelta(hours=hours))
    rows = newest_entries(10)
    entries = ledger_entries(rows, Sight.MASKED, NOON, clock_of(None), with_pages=True)
    assert [entry["day"] for entry in entries] == ["", "Saturday 21 November", ""]


def fill(rows: int, now: datetime) -> None:
    for number in range(rows):
        store = make_store()
        product = make_product()
        sell_out(store, product, pieces=5, now=now)
        make_discrepancy(level=make_level(store=store))
        StockLevel.objects.filter(pk=make_level(store=store).pk).update(on_hand=-1)
        make_message(state=Message.State.DEAD)
        make_interaction(customer=make_customer(name=f"Anna Number{number}"), store=store, occurred_at=now)


def statements(client: Client, url: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert client.get(url).status_code == 200
    return sum(not query["sql"].startswith(("SAVEPOINT", "RELEASE")) for query in queries)


@pytest.mark.django_db
@pytest.mark.parametrize("rows", [1, 20])
def test_today_takes_the_same_statements_for_one_row_and_twenty(rows: int) -> None:
    fill(rows, timezone.now())
    client = signed_in(make_staff(Role.CX_HEAD))
    client.get("/")
    assert statements(client, "/") == 12
