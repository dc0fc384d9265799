"""Floor 2: what its tables refuse, and the words of its QuerySets."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import psycopg2
import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from inventory.models import (
    Hold,
    HoldEvent,
    Product,
    SaleLine,
    StockLevel,
    StockMovement,
    WaitlistEntry,
    search_text,
)
from tests.database import as_owner
from tests.database_rules import refused_by, refuses_change
from tests.factories import (
    NOW,
    make_customer,
    make_discrepancy,
    make_hold,
    make_interaction,
    make_level,
    make_movement,
    make_product,
    make_sale,
    make_wait,
)

pytestmark = pytest.mark.django_db


def test_movements_only_grow() -> None:
    movement = make_movement(make_level())
    rows = StockMovement.objects.filter(pk=movement.pk)
    for change in (lambda: rows.update(quantity=99), rows.delete, movement.delete, movement.save):
        refuses_change(change)


@pytest.mark.parametrize("sql", ["UPDATE {} SET quantity = 0", "DELETE FROM {}", "TRUNCATE {}"])
def test_raw_sql_on_movements_is_refused_too(sql: str) -> None:
    with connection.cursor() as cursor:
        refuses_change(lambda: cursor.execute(sql.format("inventory_stockmovement")))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("sql", ["UPDATE {} SET quantity = 1", "DELETE FROM {}"])
def test_even_the_owner_meets_the_trigger(sql: str) -> None:
    with pytest.raises(psycopg2.DatabaseError, match="inventory_stockmovement only grows"):
        as_owner(sql.format("inventory_stockmovement"))


def test_a_movement_moves_something() -> None:
    with refused_by("movement_moves_something"):
        make_movement(make_level(), quantity=0)
    make_movement(make_level(), quantity=0, held_change=1)


def test_a_product_has_one_level_per_store() -> None:
    level = make_level()
    with refused_by("level_once"):
        make_level(store=level.store, product=level.product)


def test_held_is_never_negative_but_the_book_may_be() -> None:
    with refused_by("inventory_stocklevel_held_check"):
        StockLevel.objects.filter(pk=make_level().pk).update(held=-1)
    assert make_level(on_hand=-2).on_hand == -2


@pytest.mark.parametrize(("on_hand", "held", "free"), [(5, 2, 3), (2, 2, 0), (1, 2, 0), (-3, 0, 0)])
def test_free_is_what_nobody_put_aside(on_hand: int, held: int, free: int) -> None:
    assert make_level(on_hand=on_hand, held=held).free == free


def test_levels_in_doubt_are_those_that_can_not_be_right() -> None:
    make_level(on_hand=2, held=2)
    wrong = {make_level(on_hand=-1), make_level(on_hand=1, held=2)}
    assert set(StockLevel.objects.in_doubt()) == wrong


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"quantity": 0}, "hold_of_something"),
        ({"ended_at": NOW}, "hold_ended_has_time"),
        ({"state": Hold.State.EXPIRED}, "hold_ended_has_time"),
    ],
)
def test_a_hold_has_an_end_exactly_when_it_has_ended(values: dict[str, Any], constraint: str) -> None:
    with refused_by(constraint):
        make_hold(**values)
    make_hold(state=Hold.State.EXPIRED, ended_at=NOW)


def test_a_customer_has_one_live_hold_on_a_level() -> None:
    level, customer = make_level(on_hand=5), make_customer()
    make_hold(level=level, customer=customer, state=Hold.State.RELEASED, ended_at=NOW)
    make_hold(level=level, customer=customer)
    make_hold(level=level, customer=make_customer())
    with refused_by("one_live_hold_per_customer"):
        make_hold(level=level, customer=customer)


def test_one_moment_of_a_hold_has_one_row_in_the_ledger() -> None:
    hold, entry = make_hold(), make_interaction()
    HoldEvent.objects.create(hold=hold, kind="PLACED", interaction=entry, occurred_at=NOW)
    with refused_by("inventory_holdevent_interaction_id_key"):
        HoldEvent.objects.create(hold=hold, kind="EXPIRED", interaction=entry, occurred_at=NOW)


def test_nobody_stands_in_the_line_twice() -> None:
    wait = make_wait()
    with refused_by("waits_once_per_product"):
        make_wait(customer=wait.customer, product=wait.product)
    WaitlistEntry.objects.update(state=WaitlistEntry.State.LEFT, ended_at=NOW)
    make_wait(customer=wait.customer, product=wait.product)


def test_who_waits_waits_for_something() -> None:
    with refused_by("waits_for_something"):
        make_wait(quantity=0)


def test_a_receipt_is_known_once_per_store() -> None:
    sale = make_sale(receipt="R1")
    make_sale(receipt="R1")
    with refused_by("receipt_once_per_store"):
        make_sale(receipt="R1", store=sale.store, event_id="other")


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"quantity": 0, "unit_price": 1}, "sale_line_of_something"),
        ({"quantity": 1, "unit_price": Decimal("-0.01")}, "sale_line_price_not_negative"),
    ],
)
def test_a_line_is_of_something_that_costs_no_less_than_nothing(values: dict[str, Any], constraint: str) -> None:
    with refused_by(constraint):
        SaleLine.objects.create(sale=make_sale(), product=make_product(), **values)


def test_a_discrepancy_is_of_something() -> None:
    with refused_by("discrepancy_of_something"):
        make_discrepancy(missing=0)


@pytest.mark.parametrize(
    ("values", "constraint"),
    [({"price": -1}, "product_price_not_negative"), ({"gtin": "4006381333931"}, "product_gtin_once")],
)
def test_a_product_is_sound(values: dict[str, Any], constraint: str) -> None:
    make_product(gtin="4006381333931")
    with refused_by(constraint):
        make_product(**values)


def test_many_products_have_no_gtin() -> None:
    make_product(gtin="")
    make_product(gtin="")
    assert Product.objects.on_sale().count() == 2


def test_a_product_is_not_its_own_variant() -> None:
    product = make_product()
    product.variant_of = product
    with refused_by("product_not_its_own_variant"):
        product.save()


def test_a_wrong_gtin_is_named() -> None:
    product = make_product()
    product.gtin = "4006381333930"
    with pytest.raises(ValidationError) as caught:
        product.full_clean()
    assert list(caught.value.message_dict) == ["gtin"]


def test_search_text_keeps_each_word_once_and_in_step() -> None:
    assert search_text("Desk lamp", "Lumen", "", "lamp") == "Desk lamp Lumen"
    product = make_product(name="Desk lamp", brand="Lumen", colour="Red")
    assert product.search_text == "Desk lamp Lumen Red"
    product.colour = "Blue"
    product.save()
    assert Product.objects.get().search_text == "Desk lamp Lumen Blue"


def test_a_hold_that_ends_frees_the_customer_for_the_next() -> None:
    hold = make_hold()
    Hold.objects.filter(pk=hold.pk).update(state=Hold.State.EXPIRED, ended_at=NOW + timedelta(hours=1))
    make_hold(level=hold.level, customer=hold.customer)
    assert Hold.objects.filter(state__in=Hold.LIVE).count() == 1
