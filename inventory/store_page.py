"""What the public page of a store shows, as plain values for its template."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.urls import reverse

from customers.hours import DAYS, span_on
from customers.models import Store
from inventory.geo import Point, distance_km, plane_km
from inventory.map_picture import Picture, Spot, draw
from inventory.models import StockLevel
from inventory.selectors.catalogue import bare_name
from inventory.statements import when
from inventory.stock_doors import call, product_url, way_to
from inventory.stock_page import distance_words, hours

AROUND = 9
HOLIDAYS_AHEAD_DAYS = 60
MOST_HOLIDAYS = 6


@dataclass(frozen=True)
class Day:
    """One line of the opening hours; `is_today` marks the one that counts now."""

    name: str
    hours: str
    is_today: bool = False


@dataclass(frozen=True)
class Arrival:
    """Something that came in lately."""

    name: str
    facts: str
    price: str
    came: str
    url: str


@dataclass(frozen=True)
class Neighbour:
    """Another store, by its number in the picture."""

    number: int
    name: str
    distance: str
    url: str


@dataclass(frozen=True)
class StoreView:
    """A store: where, when, and what came in."""

    now_words: str
    address: str
    way_url: str
    call_url: str
    clock: str
    week: list[Day]
    holidays: list[Day]
    picture: Picture | None
    neighbours: list[Neighbour]
    arrivals: list[Arrival]


def store_view(store: Store, around: Sequence[Store], arrivals: Sequence[StockLevel], now: datetime) -> StoreView:
    """The page of `store`, with the stores around it (nearest first) in the picture."""
    zone = ZoneInfo(store.time_zone)
    today = now.astimezone(zone).date()
    place = (store.street, " ".join(part for part in (store.postcode, store.city) if part))
    return StoreView(
        now_words=hours(store.open_state(now), now, store.time_zone),
        address=", ".join(part for part in place if part),
        way_url=way_to(store.latitude, store.longitude),
        call_url=call(store.phone) if store.phone else "",
        clock=store.time_zone.replace("_", " "),
        week=_week(store, today),
        holidays=_holidays(store, today),
        picture=_picture(store, around),
        neighbours=[_neighbour(number, store, other) for number, other in enumerate(around, start=1)],
        arrivals=[_arrival(level, store, now, zone) for level in arrivals],
    )


def _week(store: Store, today: date) -> list[Day]:
    """The week as it is usually; empty when no hours are known."""
    if not store.hours:
        return []
    monday = today - timedelta(days=today.weekday())
    days = [monday + timedelta(days=ahead) for ahead in range(len(DAYS))]
    return [Day(f"{day:%A}", span_words(span_on(store.hours, {}, day)), day == today) for day in days]


def _holidays(store: Store, today: date) -> list[Day]:
    """The next days on which other hours hold."""
    last = today + timedelta(days=HOLIDAYS_AHEAD_DAYS)
    days = sorted(day for key in store.holidays if today <= (day := date.fromisoformat(key)) <= last)
    return [
        Day(f"{day:%A} {day.day} {day:%B}", span_words(span_on({}, store.holidays, day)), day == today)
        for day in days[:MOST_HOLIDAYS]
    ]


def span_words(span: tuple[time, time] | None) -> str:
    """ "09:00 to 20:00", "09:00 to midnight", "Day and night", "Closed"."""
    if span is None:
        return "Closed"
    if span == (time.min, time.max):
        return "Day and night"
    return f"{span[0]:%H:%M} to {'midnight' if span[1] == time.max else f'{span[1]:%H:%M}'}"


def _neighbour(number: int, store: Store, other: Store) -> Neighbour:
    km = distance_km(Point(store.latitude, store.longitude), Point(other.latitude, other.longitude))
    return Neighbour(number, other.name, distance_words(km), reverse("stock-store", args=[other.code]))


def _picture(store: Store, around: Sequence[Store]) -> Picture | None:
    here = Point(store.latitude, store.longitude)
    spots = []
    for number, other in enumerate(around, start=1):
        east, north = plane_km(here, Point(other.latitude, other.longitude))
        spots.append(Spot(number, other.name, "", other.city, reverse("stock-store", args=[other.code]), east, north))
    return draw(spots) if spots else None


def _arrival(level: StockLevel, store: Store, now: datetime, zone: ZoneInfo) -> Arrival:
    product, came_at = level.product, level.last_received_at or now
    return Arrival(
        name=bare_name(product),
        facts=" ".join(fact for fact in (product.size, product.colour) if fact),
        price=product.price_words,
        came=f"Delivered {when(came_at, now, zone)}",
        url=product_url(product, store.name),
    )
