"""What the pages of promises show, as plain values for their templates."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.urls import reverse

from customers.hours import OpenState
from customers.models import Store
from inventory.models import Hold, Product, StockQuestion, WaitlistEntry
from inventory.promises import MOST_LIVE_PER_PERSON, until_words
from inventory.selectors.availability import StoreAvailability
from inventory.selectors.elsewhere import km_from
from inventory.statements import number_word, when
from inventory.stock_doors import call, way_to
from inventory.stock_page import STATES, distance_words, hours

ORDINALS = ("next", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")


@dataclass(frozen=True)
class Standing:
    """How a promise stands: shape, big words and what follows. `key` changes when the page has to."""

    state: str
    word: str
    detail: str
    key: str
    is_open: bool


@dataclass(frozen=True)
class Link:
    """A way out."""

    label: str
    url: str


@dataclass(frozen=True)
class Refusal:
    """Why not, and what can be done instead."""

    title: str
    text: str
    links: Sequence[Link] = ()
    offers_elsewhere: bool = False


@dataclass(frozen=True)
class OtherStore:
    """Another store that has it."""

    code: str
    name: str
    distance: str
    state: str
    word: str
    evidence: str
    hours: str


def other_stores(store: Store, rows: Sequence[StoreAvailability], now: datetime) -> list[OtherStore]:
    """Other stores as a template takes them."""
    return [
        OtherStore(
            code=row.store.code,
            name=row.store.name,
            distance=distance_words(km_from(store, row)),
            state=STATES[row.band],
            word=row.word,
            evidence=row.evidence,
            hours=hours(row.opening, now, row.store.time_zone),
        )
        for row in rows
    ]


def said(row: StoreAvailability) -> dict[str, Any]:
    """What is said about one product in one store, without the buttons of the stock page."""
    return {"state": STATES[row.band], "word": row.word, "evidence": row.evidence, "percent": row.chance}


def place_of(store: Store, now: datetime) -> dict[str, str]:
    """Where a store is, until when it is open, and how to get there."""
    return {
        "name": store.name,
        "street": ", ".join(part for part in (store.street, store.city) if part),
        "hours": hours(store.open_state(now), now, store.time_zone),
        "phone": store.phone,
        "call": call_url(store),
        "way": way_to(store.latitude, store.longitude),
    }


def city_beside(store: Store) -> str:
    """The town of a store, unless its name says it."""
    return "" if store.city in store.name else store.city


def call_url(store: Store) -> str:
    """What a phone dials; empty when the store has no number."""
    return call(store.phone) if store.phone else ""


def hold_standing(hold: Hold, store: Store, now: datetime) -> Standing:
    """The state of a hold in words; only IN_HAND says "come"."""
    state, word, detail = HOLD_WORDS[Hold.State(hold.state)](hold, store, now)
    key = f"{hold.state} {hold.expires_at.isoformat()}"
    return Standing(state, word, detail, key, hold.state in Hold.LIVE)


Words = tuple[str, str, str]


def _requested(hold: Hold, store: Store, now: datetime) -> Words:
    opening = store.open_state(now)
    until = until_words(hold.expires_at, now, store.time_zone)
    if opening.is_open or opening.changes_at is None:
        detail = f"Nobody has it in hand yet. We tell you when to come. If it is found, it is kept until {until}."
    else:
        detail = (
            f"The store is closed and looks for it when it opens, {_opens(opening, now, store)}. Wait for our word."
        )
    return "ask", "The store is looking for it", detail


def _opens(opening: OpenState, now: datetime, store: Store) -> str:
    return until_words(opening.changes_at, now, store.time_zone) if opening.changes_at else "later"


def _in_hand(hold: Hold, store: Store, now: datetime) -> Words:
    until = until_words(hold.expires_at, now, store.time_zone)
    pieces = "It lies" if hold.quantity == 1 else f"{hold.quantity} pieces lie"
    return "sure", f"Come: kept aside for you until {until}", f"{pieces} at the counter. Say the code, or show it."


def _collected(hold: Hold, store: Store, now: datetime) -> Words:
    return "sure", "Collected", f"Given out {_ended(hold, store, now)}."


def _released(hold: Hold, store: Store, now: datetime) -> Words:
    return "gone", "Given back", f"You gave it back {_ended(hold, store, now)}. Somebody else may have it now."


def _expired(hold: Hold, store: Store, now: datetime) -> Words:
    if hold.in_hand_at:
        return "gone", "The time is over", f"It was kept for you and went back {_ended(hold, store, now)}."
    return "broken", "Nobody looked in time", "The store did not look for it, so it is not kept. Call, or try another."


def _not_found(hold: Hold, store: Store, now: datetime) -> Words:
    return "gone", "Not on the shelf", f"Somebody looked {_ended(hold, store, now)} and did not find it. Do not drive."


HOLD_WORDS = {
    Hold.State.REQUESTED: _requested,
    Hold.State.IN_HAND: _in_hand,
    Hold.State.COLLECTED: _collected,
    Hold.State.RELEASED: _released,
    Hold.State.EXPIRED: _expired,
    Hold.State.NOT_FOUND: _not_found,
}


def _ended(hold: Hold, store: Store, now: datetime) -> str:
    return when(hold.ended_at or now, now, ZoneInfo(store.time_zone))


def wait_standing(entry: WaitlistEntry, position: int) -> Standing:
    """The state of a place in the line in words."""
    words: dict[str, Words] = {
        WaitlistEntry.State.WAITING: _waiting(entry, position),
        WaitlistEntry.State.OFFERED: ("sure", "One is kept for you now", "See when to fetch it."),
        WaitlistEntry.State.SERVED: ("sure", "Done", "We told you, and you are no longer in line."),
        WaitlistEntry.State.LAPSED: ("gone", "Your turn is over", "It was kept for you and not collected."),
        WaitlistEntry.State.LEFT: ("gone", "You left the line", "We do not write to you about it any more."),
    }
    state, word, detail = words[entry.state]
    return Standing(state, word, detail, f"{entry.state} {position}", entry.state in WaitlistEntry.OPEN)


def _waiting(entry: WaitlistEntry, position: int) -> Words:
    if entry.wants == WaitlistEntry.Wants.TELL:
        return "ask", "We tell you when it is back", "We do not keep one: others may be faster."
    turn = "When one is free and it is your turn, it is kept for you, and we tell you."
    return "ask", place_words(position), f"{turn} At most {number_word(MOST_LIVE_PER_PERSON)} things at a time."


def place_words(position: int) -> str:
    """ "You are next in line", "You are third in line", "You are 14th in line"."""
    if 1 <= position <= len(ORDINALS):
        return f"You are {ORDINALS[position - 1]} in line"
    ending = "th" if position % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(position % 10, "th")
    return f"You are {position}{ending} in line"


def question_standing(question: StockQuestion, store: Store, now: datetime) -> Standing:
    """The state of a question in words."""
    zone = ZoneInfo(store.time_zone)
    answered = when(question.answered_at or now, now, zone)
    due = until_words(question.due_at, now, store.time_zone)
    late = "They are late, and the manager knows." if now > question.due_at else f"An answer is due by {due}."
    words: dict[str, Words] = {
        StockQuestion.State.OPEN: ("ask", "The store has not looked yet", late),
        StockQuestion.State.YES: ("sure", "It is there", f"Somebody looked {answered}. It is not kept aside for you."),
        StockQuestion.State.NO: ("gone", "It is not there", f"Somebody looked {answered} and did not find it."),
        StockQuestion.State.LAPSED: (
            "broken",
            "Nobody looked",
            "Nobody looked in time. Call before you go.",
        ),
    }
    state, word, detail = words[question.state]
    is_open = question.state == StockQuestion.State.OPEN
    return Standing(state, word, detail, f"{question.state} {now > question.due_at}", is_open)


def plain_refusal(error: ValidationError) -> Refusal:
    """The rule's own words."""
    return Refusal("Not this time", error.messages[0])


def wait_refusal(error: ValidationError) -> Refusal:
    """Why nobody waits for what he has already."""
    if error.code != "ALREADY_HELD":
        return plain_refusal(error)
    mine = Link("See what is kept for me", reverse("stock-mine"))
    return Refusal("One is kept for you already", "Who has one kept does not wait for another.", [mine])


def hold_refusal(error: ValidationError, product: Product, store: Store) -> Refusal:
    """Why it is not held, and the way out."""
    mine = Link("See what is kept for me", reverse("stock-mine"))
    wait = Link("Tell me when it is back", reverse("stock-wait", args=[product.sku]))
    call = [Link(f"Call {store.name}: {store.phone}", call_url(store))] if store.phone else []
    known: dict[str, Refusal] = {
        "NOTHING_FREE": Refusal(
            "Nothing is free here now", "The book has none but those kept for others.", [wait], offers_elsewhere=True
        ),
        "ALREADY_HELD": Refusal(
            "One is kept for you already", "Of one product we keep one for each person, in one store.", [mine]
        ),
        "TOO_MANY_HOLDS": Refusal(
            "Three things are kept for you already", "Collect one or give one back, then this one can be kept.", [mine]
        ),
        "TOO_MANY_IN_STORE": Refusal(
            "Two things are kept for you here already", "Collect one or give one back first.", [mine]
        ),
        "STORE_BUSY": Refusal(
            "This store has too much to look for", "It would not get to yours in time.", call, offers_elsewhere=True
        ),
        "NO_SHOWS": Refusal(
            "Please call the store", "Three things were kept for you lately and not collected. The staff can.", call
        ),
    }
    return known.get(str(error.code)) or plain_refusal(error)
