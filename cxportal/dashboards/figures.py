"""Today's figures as cards and as a picture by the hour, from the sales read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from customers.models import Store
from cxportal.dashboards.measures import (
    WEEKS_BACK,
    Hour,
    Slice,
    Standing,
    UsualRange,
    by_hour,
    so_far,
    standing,
    usual_range,
)
from cxportal.dashboards.words import number
from inventory.money import money
from inventory.selectors.sales import HourOfSales, pieces_today, sales_by_hour

BAR_HEIGHT = 120
BAR_STEP = 10
BAR_WIDTH = 7
# The edge of the card, the ticket and its mark.
LOOKS = {
    Standing.WITHIN: ("level", "Within its usual range", "noise"),
    Standing.ABOVE: ("yes", "Above its usual range", "shown"),
    Standing.BELOW: ("bad", "Below its usual range", "worse"),
    Standing.UNKNOWN: ("", "No comparison yet", ""),
}


SENTENCES = {
    Standing.WITHIN: " are what a {weekday} usually brings",
    Standing.ABOVE: " are above what a {weekday} usually brings",
    Standing.BELOW: " are below what a {weekday} usually brings",
    Standing.UNKNOWN: "",
}


@dataclass(frozen=True)
class Figures:
    """Everything that the figures' part of the page shows."""

    cards: list[dict[str, Any]]
    hours: list[dict[str, Any]]
    weekday: str
    compared: int
    peak: int


def today_figures(now: datetime, store: Store | None, zone: ZoneInfo) -> Figures:
    """Takings by currency, receipts and their picture by the hour; two statements."""
    rows = sales_by_hour(now, weeks=WEEKS_BACK, store_id=store.pk if store else None)
    pieces = pieces_today(now, store_id=store.pk if store else None)
    weekday = f"{now.astimezone(zone):%A}"
    receipts = [Slice(row.days_ago, row.hour, row.by_now, row.receipts) for row in rows]
    cards = [_takings_card(currency, rows, weekday) for currency in currencies(rows)]
    cards.append(_receipts_card(receipts, pieces, weekday))
    hours = by_hour(receipts)
    compared = len({part.days_ago for part in receipts if part.days_ago})
    return Figures(cards, bars(hours), weekday, compared, round(peak_of(hours)))


def currencies(rows: Sequence[HourOfSales]) -> list[str]:
    """The currencies of these sales, the one with the most receipts first."""
    counts: dict[str, int] = {}
    for row in rows:
        counts[row.currency] = counts.get(row.currency, 0) + row.receipts
    return sorted(counts, key=lambda currency: (-counts[currency], currency))


def _takings_card(currency: str, rows: Sequence[HourOfSales], weekday: str) -> dict[str, Any]:
    parts = [row for row in rows if row.currency == currency]
    value, earlier = so_far([Slice(row.days_ago, row.hour, row.by_now, float(row.total)) for row in parts])
    receipts = sum(row.receipts for row in parts if not row.days_ago and row.by_now)
    usual = usual_range(earlier)
    card = _card(
        "Takings", value, usual, weekday, lambda amount: money(Decimal(round(amount)), currency).removesuffix(".00")
    )
    return {**card, "n": [f"{currency}, n {number(receipts, 'receipt')}", *card["n"]]}


def _receipts_card(parts: Sequence[Slice], pieces: int, weekday: str) -> dict[str, Any]:
    value, earlier = so_far(parts)
    card = _card("Receipts", value, usual_range(earlier), weekday, lambda count: f"{round(count):,}")
    return {**card, "n": [f"with {number(pieces, 'piece')}", *card["n"]]}


def _card(what: str, value: float, usual: UsualRange | None, weekday: str, write: Any) -> dict[str, Any]:
    place = standing(value, usual)
    shown, tag, state = LOOKS[place]
    sentence = f"{what} so far today{SENTENCES[place].format(weekday=weekday)}."
    card = {"shown": shown, "tag": tag, "tag_state": state, "sentence": sentence, "figure": write(value)}
    if usual is None:
        return {**card, "n": [f"fewer than 3 earlier {weekday}s"]}
    lines = [f"usual by now {write(usual.low)} to {write(usual.high)}", f"95 % range, n {usual.n} {weekday}s"]
    return {**card, "n": lines, "picture": "components/chart_intervals.html", "chart": _picture(value, usual, shown)}


def _picture(value: float, usual: UsualRange, shown: str) -> dict[str, Any]:
    high = max(value, usual.high) * 1.05 or 1.0
    tone = {"yes": "go", "bad": "bad"}.get(shown, "")
    rows = [
        {"name": "usual", "low": usual.low, "high": usual.high, "point": usual.mean, "tone": ""},
        {"name": "today", "low": value, "high": value, "point": value, "tone": tone},
    ]
    label = "The usual range as a line with its mean, and today as a point."
    return {"label": label, "low": 0.0, "high": high, "rows": rows}


def peak_of(hours: Sequence[Hour]) -> float:
    """The highest bar or mark."""
    return max((max(hour.today, hour.usual or 0) for hour in hours), default=0)


def bars(hours: Sequence[Hour]) -> list[dict[str, Any]]:
    """Bars of a picture BAR_HEIGHT high, one BAR_STEP wide column an hour, with the usual as a mark."""
    scale = BAR_HEIGHT / (peak_of(hours) or 1)
    return [
        {
            "hour": f"{hour.hour:02d}",
            "today": hour.today,
            "usual": None if hour.usual is None else f"{hour.usual:.1f}",
            "x": place * BAR_STEP + (BAR_STEP - BAR_WIDTH) / 2,
            "y": round(BAR_HEIGHT - hour.today * scale, 1),
            "height": round(hour.today * scale, 1),
            "mark_x": place * BAR_STEP + 0.5,
            "mark_y": None if hour.usual is None else round(BAR_HEIGHT - hour.usual * scale, 1),
        }
        for place, hour in enumerate(hours)
    ]
