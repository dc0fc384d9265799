"""What the stock page shows, as plain values for its template."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse

from customers.hours import OpenState
from inventory.geo import Point, plane_km
from inventory.map_picture import Picture, Spot, draw
from inventory.money import money
from inventory.selectors.alternatives import Alternative
from inventory.selectors.availability import StoreAvailability
from inventory.selectors.catalogue import Place
from inventory.statements import number_word
from inventory.stock_doors import Doors, action, beside, for_store, with_query

STATES = {"SURE": "sure", "ASK": "ask", "GONE": "gone", "UNKNOWN": "broken"}
ALONE = {
    "SURE": "very likely has it",
    "ASK": "may have one: ask first",
    "GONE": "has none: do not drive for it",
    "UNKNOWN": "does not know: ask first",
}
NEAR_KM = 50
# So many stores are asked for, nearest first, until somebody wants to see those farther away.
NEAREST = 20
# So many are shown at once even where all of them are far.
FEWEST_SHOWN = 8


@dataclass(frozen=True)
class StockView:
    """One product in the stores: a sentence, the list, the picture; `next_anchor` is the first store not shown."""

    sentence: str
    detail: str
    statements: list[dict[str, Any]]
    picture: Picture | None
    next_anchor: str


def stock_view(
    rows: Sequence[StoreAvailability], place: Place | None, now: datetime, doors: Doors, *, most: int = NEAREST
) -> StockView:
    """The list and its picture for one product. `rows` hold one more than `most` where there are more stores."""
    shown = rows[: min(most, near_count(rows) if most == NEAREST else most)]
    sentence, detail = summary(rows[:most], place, has_more=len(rows) > most)
    statements = [statement(row, number, doors) for number, row in enumerate(shown, start=1)]
    for line, row in zip(statements, shown, strict=True):
        line["hours"] = hours(row.opening, now, row.store.time_zone)
    return StockView(
        sentence,
        detail,
        statements,
        draw(_spots(shown, place)) if place and shown else None,
        anchor(rows[len(shown)]) if len(rows) > len(shown) else "",
    )


def near_count(rows: Sequence[StoreAvailability]) -> int:
    """How many stores are shown at once: those near, or the nearest few; all of them without a place."""
    near = sum(row.distance_km is None or row.distance_km <= NEAR_KM for row in rows)
    return max(near, FEWEST_SHOWN)


def anchor(row: StoreAvailability) -> str:
    """The name of a store's statement within the page."""
    return f"store-{row.store.pk}"


def statement(row: StoreAvailability, number: int | None = None, doors: Doors | None = None) -> dict[str, Any]:
    """One store as components/statement.html takes it; with every key, for looking for a missing one takes long.

    Without `doors` it only says what is so, and offers nothing to do.
    """
    store = row.store
    return {
        "anchor": anchor(row),
        # As text: a template would ask the language how to write each number.
        "live_key": str(row.level_id),
        "number": number and str(number),
        "store": store.name,
        "store_url": for_store(doors.store, store.code) if doors else "",
        "distance": distance_words(row.distance_km),
        "street": ", ".join(part for part in (store.street, store.city) if part),
        "state": STATES[row.band],
        "word": row.word,
        "evidence": row.evidence,
        "percent": row.chance,
        "action": action(row, doors) if doors else None,
        "beside": beside(row) if doors else None,
    }


def distance_words(distance_km: float | None) -> str:
    """ "850 m", "3.4 km", "120 km"; empty without a place."""
    if distance_km is None:
        return ""
    if distance_km < 1:
        return f"{round(distance_km * 1000, -1):.0f} m"
    return f"{distance_km:.1f} km" if distance_km < 20 else f"{distance_km:.0f} km"


def hours(opening: OpenState, now: datetime, zone: str) -> str:
    """ "Open until 20:00", "Closed, opens 09:00 tomorrow"; empty when no hours are known."""
    change = opening.changes_at
    if change is None:
        return "Open day and night" if opening.is_open else ""
    if opening.is_open:
        return "Open until midnight" if change.time() == time.min else f"Open until {change:%H:%M}"
    days = (change.date() - now.astimezone(ZoneInfo(zone)).date()).days
    day = ("today", "tomorrow")[days] if days < 2 else f"{change:%A}"
    return f"Closed, opens {change:%H:%M} {day}"


def summary(rows: Sequence[StoreAvailability], place: Place | None, *, has_more: bool = False) -> tuple[str, str]:
    """One sentence over the list: how many stores very likely have it; and what follows from it."""
    if not rows:
        return "No store keeps this.", "It may be new, or sold out for good."
    within = [row for row in rows if row.distance_km is None or row.distance_km <= NEAR_KM] or list(rows)
    sure = [row for row in within if row.band == "SURE"]
    asking = sum(row.band in ("ASK", "UNKNOWN") for row in within)
    nearest = _nearest(sure, within) if place else ""
    near = f" within {NEAR_KM} km" if place and len(within) < len(rows) else ""
    if len(within) == 1:
        return f"The one store{near} that keeps it {ALONE[within[0].band]}.", nearest
    stores = _stores(len(within), near, place, has_more=has_more)
    if sure:
        verb = "has" if len(sure) == 1 else "have"
        return f"{number_word(len(sure)).capitalize()} of {stores} very likely {verb} it.", nearest
    if asking:
        return f"No store of {stores} is sure to have it.", f"Ask first: {number_word(asking)} may."
    return f"None of {stores} has it.", "Do not drive for it."


def _stores(count: int, near: str, place: Place | None, *, has_more: bool) -> str:
    """Which stores a sentence speaks of: all, those near, or the first of many."""
    if near or not has_more:
        return f"{number_word(count)} stores{near}"
    return f"the {number_word(count)} nearest stores" if place else f"the first {number_word(count)} stores by name"


def _nearest(sure: Sequence[StoreAvailability], within: Sequence[StoreAvailability]) -> str:
    """Where to go; the nearest of all need not be the one that has it."""
    if not sure:
        return ""
    first = sure[0].store.name
    return f"The nearest is {first}." if sure[0] is within[0] else f"The nearest of these is {first}."


def _spots(rows: Sequence[StoreAvailability], place: Place | None) -> list[Spot]:
    if place is None:
        return []
    spots = []
    for number, row in enumerate(rows, start=1):
        east, north = plane_km(place.point, Point(row.store.latitude, row.store.longitude))
        spots.append(Spot(number, row.store.name, STATES[row.band], row.word, f"#store-{row.store.pk}", east, north))
    return spots


def nobody_has_it(rows: Sequence[StoreAvailability]) -> bool:
    """Whether no store of the list is worth a question."""
    return all(row.band == "GONE" for row in rows)


def alike(others: Sequence[Alternative], near: str) -> list[dict[str, str]]:
    """Alternatives as the page lists them."""
    return [
        {
            # Some catalogues put the size at the end of the name.
            "name": other.name.removesuffix(f", {other.size}"),
            "facts": " ".join(fact for fact in (other.size, other.colour) if fact),
            "price": money(other.price, other.currency),
            "store": other.store,
            "url": with_query(reverse("stock-product", args=[other.sku]), near=near),
        }
        for other in others
    ]
