"""The demo's pure parts: words, numbers, calendar, and a book of stock that adds up."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from cxportal.demo.accounts import login_of
from cxportal.demo.book import (
    COUNT,
    DELIVERY,
    OPENING,
    SALE,
    Book,
    Demand,
    Plan,
    keep_book,
    make_plan,
    stock_events,
)
from cxportal.demo.clock import DAY, KEPT_DAY, YEAR_WEEKS, Clock, day_of, to_utc, to_wall
from cxportal.demo.goods import Goods, describe, gtin_of, heads
from cxportal.demo.people import loyalty_number
from cxportal.demo.places import STREETS, TOWNS, make_stores
from cxportal.demo.words import plain_size, plain_words
from cxportal.roles import Role
from inventory.gtin import is_gtin

NOON = datetime(2026, 7, 15, 16, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("shorthand", "words"),
    [
        ("KIDS CEREAL", "Kids cereal"),
        ("FRZN WHIPPED TOPPING", "Frozen whipped topping"),
        ("CANDY BARS (SINGLES)(INCLUDING", "Candy bars (singles)"),
        ("SOFT DRINKS 12/18&15PK CAN CAR", "Soft drinks 12/18 and 15 pack can"),
        ("DNR W/O SAUCE", "Dinner without sauce"),
        ("FEM. HYGN.NAPKINS", "Feminine hygiene napkins"),
        ("MEXICAN SAUCESSALSAPICANTEE", "Mexican sauces, salsa, picante"),
        ("", ""),
    ],
)
def test_shorthand_becomes_words(shorthand: str, words: str) -> None:
    assert plain_words(shorthand) == words


@pytest.mark.parametrize(
    ("size", "words"), [("12 OZ", "12 oz"), (".7 OZ", "0.7 oz"), ("30 CT", "30 pieces"), ("6PK", "6 pack"), ("", "")]
)
def test_size_becomes_words(size: str, words: str) -> None:
    assert plain_size(size) == words


def test_bare_kind_is_said_with_its_category() -> None:
    row = {"product_type": "PREMIUM", "product_category": "PASTA SAUCE", "package_size": "26 OZ"}
    goods = describe({**row, "brand": "Private", "department": "GROCERY", "manufacturer_id": 7})
    assert (goods.name, goods.brand) == ("Pasta sauce, premium, 26 oz", "Store brand")


def test_category_that_says_the_kind_is_not_said_twice() -> None:
    row = {"product_type": "SEASONAL", "product_category": "CHRISTMAS SEASONAL", "package_size": ""}
    assert describe({**row, "brand": "Private", "department": "", "manufacturer_id": 7}).name == "Christmas seasonal"


def test_gtins_are_valid_and_inside_the_company() -> None:
    numbers = [gtin_of(number) for number in (1, 25671, 18316298)]
    assert all(is_gtin(number) and number.startswith("29") for number in numbers)


def test_sizes_of_one_thing_are_variants_of_the_first() -> None:
    def goods(size: str, brand: str = "Maker 1") -> Goods:
        return Goods("Tea", brand, "Tea", size, ("Tea", "Tea", brand))

    alone = Goods("Tea", "Maker 1", "Tea", "")
    assert heads([goods("1 oz"), goods("2 oz"), goods("2 oz"), goods("1 oz", "Maker 2"), alone]).tolist() == [
        0,
        1,
        0,
        0,
        0,
    ]


def test_loyalty_numbers_differ_and_have_a_check_digit() -> None:
    numbers = {loyalty_number(household) for household in range(1, 2500)}
    assert len(numbers) == 2499
    for number in numbers:
        doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(number))]
        assert sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def test_stores_have_addresses_of_their_own_near_each_other() -> None:
    stores = make_stores(range(457), nights={3}, seed=1, today=NOON.date())
    assert len({(store.city, store.name) for store in stores}) == 457 <= len(TOWNS) * len(STREETS)
    assert {store.phone[-7:-2] for store in stores} == {"55 01"}
    for store in stores[:12]:
        store.full_clean(validate_unique=False, validate_constraints=False)


def test_usernames_are_roles_with_dashes() -> None:
    assert login_of(Role.CX_HEAD).username == "cx-head"


@pytest.mark.parametrize("days", range(8))
def test_today_keeps_its_weekday_and_the_kept_day_is_in_the_future(days: int) -> None:
    clock = Clock.at(NOON + timedelta(days=days))
    original = day_of(clock.wall - clock.weeks * 7 * DAY)
    assert original.weekday() == day_of(clock.wall).weekday()
    assert original < KEPT_DAY


def test_ring_lays_what_has_not_happened_before_the_beginning() -> None:
    clock = Clock.at(NOON)
    past, future = clock.wall - clock.weeks * 7 * DAY - 5, clock.wall - clock.weeks * 7 * DAY + 5
    moved = clock.moved(np.array([past, future]), ring=True)
    assert moved.tolist() == [clock.wall - 5, clock.wall + 5 - YEAR_WEEKS * 7 * DAY]


def test_wall_clock_and_utc_agree_in_summer_and_winter() -> None:
    utc = np.array([int(datetime(2026, month, 10, 18, tzinfo=UTC).timestamp()) for month in (1, 7)])
    assert ((to_wall(utc) - utc) // 3600).tolist() == [-5, -4]
    assert to_utc(to_wall(utc)).tolist() == utc.tolist()


def demand(seed: int = 3, levels: int = 400, lines: int = 3000, days: int = 56) -> Demand:
    draw = np.random.default_rng(seed)
    at = np.sort(draw.integers(0, days * DAY, lines))
    return Demand(
        levels=levels,
        level=draw.integers(0, levels, lines),
        at=at,
        quantity=draw.integers(1, 5, lines),
        morning=np.full(levels, 4 * 3600),
        kept=draw.integers(0, 3, levels),
        start=0,
        end=days * DAY,
    )


def book_of(wanted: Demand, seed: int = 5) -> tuple[Book, Plan]:
    plan = make_plan(wanted, seed)
    return keep_book(stock_events(wanted, plan), wanted.levels), plan


def test_book_serves_every_sale_and_keeps_what_the_kept_day_needs() -> None:
    wanted = demand()
    book, plan = book_of(wanted)
    short = plan.is_short[book.events.level]
    assert (book.on_hand_after[~short] >= 0).all()
    served = ~plan.is_short
    # A count that found one more leaves one more.
    found = np.maximum(plan.correction, 0)
    assert (book.on_hand[served] == (plan.spare + wanted.kept + found)[served]).all()


def test_book_adds_up() -> None:
    wanted = demand()
    book, _ = book_of(wanted)
    sums = np.bincount(book.events.level, weights=book.events.quantity, minlength=wanted.levels)
    assert (sums == book.on_hand).all()
    assert -book.events.quantity[book.events.kind == SALE].sum() == wanted.quantity.sum()
    assert set(np.unique(book.events.kind)) == {OPENING, DELIVERY, COUNT, SALE}


def test_short_level_ends_one_piece_below_zero() -> None:
    wanted = demand()
    plan = make_plan(wanted, 5)
    sold = np.flatnonzero((np.bincount(wanted.level, minlength=wanted.levels) > 0) & (wanted.kept == 0))[:3]
    plan.is_short[sold] = True
    plan.spare[sold] = plan.counted_at[sold] = plan.correction[sold] = 0
    assert keep_book(stock_events(wanted, plan), wanted.levels).on_hand[sold].tolist() == [-1, -1, -1]
