"""A row of the ledger in words: kind and facts become an icon, a title and what stands behind it. Pure rules."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from inventory.money import money

UTC = ZoneInfo("UTC")
WAYS = {"EMAIL": "e-mail", "SMS": "SMS", "PHONE": "phone", "LETTER": "letter", "WEB": "web", "STORE": "store"}
UNSENT = {"DROPPED", "MERGED", "DEAD"}
HOLDS = {
    "PLACED": ("bookmark-check", "Hold placed"),
    "EXTENDED": ("bookmark-plus", "Hold kept longer"),
    "COLLECTED": ("bag-check", "Collected a hold"),
    "RELEASED": ("bookmark-dash", "Hold given back"),
    "EXPIRED": ("bookmark-x", "Hold not collected in time"),
    "NOT_FOUND": ("bookmark-x", "Hold not found on the shelf"),
}
CASES = {
    "OPENED": ("folder-plus", "Case opened"),
    "CONTACT": ("telephone-inbound", "Contact about a case"),
    "REPLY": ("reply", "We replied"),
    "NOTE": ("journal-text", "Note on a case"),
    "ASSIGNED": ("person-check", "Case taken over"),
    "SOLVED": ("check2-square", "Case solved"),
    "CLOSED": ("folder-check", "Case closed"),
    "REOPENED": ("folder-symlink", "Case opened again"),
}
PLAIN = {
    "RETURN": ("arrow-return-left", "Brought back"),
    "WAITLIST": ("hourglass-split", "Waiting list"),
    "CONTACT": ("chat-left", "Contact"),
    "SURVEY": ("ui-checks", "Answered a survey"),
    "VISIT": ("calendar-check", "Visit"),
    "WEB": ("globe2", "On the web"),
    "RECORD": ("diagram-2", "Record taken in"),
    "NOTE": ("journal-text", "Note"),
}


@dataclass(frozen=True)
class Moment:
    """One row of the ledger as plain values.

    `way` is the kind of its channel (STORE, EMAIL, ...), `zone` the clock it is read by, `more` what was read from
    its cause: product (of a hold), case and text (of a case).
    """

    kind: str
    way: str
    facts: Mapping[str, Any]
    store: str = ""
    zone: ZoneInfo = UTC
    more: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Words:
    """What stands on the page, see templates/components/entry.html."""

    icon: str
    title: str
    aside: str = ""
    detail: str = ""
    because: str = ""
    kind: str = ""
    tag: str = ""
    tag_state: str = ""


def number(count: int, one: str, many: str = "") -> str:
    """A count with its noun: "1 piece", "1,204 pieces"."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def sentence(text: str) -> str:
    """With a full stop at its end."""
    text = text.strip()
    return text if not text or text.endswith((".", "!", "?")) else f"{text}."


def _with(*parts: str) -> str:
    return ", ".join(part for part in parts if part)


def spoken(code: str) -> str:
    """A code as words: "back-in-stock" is "back in stock"."""
    return code.replace("-", " ").replace("_", " ").lower()


def _sale(moment: Moment) -> Words:
    facts = moment.facts
    total = money(Decimal(str(facts["total"])), str(facts.get("currency", ""))) if "total" in facts else ""
    title = "Bought online" if moment.way == "WEB" else "Bought in store"
    pieces = number(int(facts["pieces"]), "piece") if "pieces" in facts else ""
    receipt = f"receipt {facts['receipt']}" if facts.get("receipt") else ""
    icon = "globe2" if moment.way == "WEB" else "bag"
    return Words(icon, title, aside=_with(moment.store, total), detail=_with(pieces, receipt))


def _message(moment: Moment) -> Words:
    facts, way = moment.facts, WAYS.get(moment.way, "")
    state, about = str(facts.get("state", "SENT")), spoken(str(facts.get("kind", "message")))
    by = f" by {way}" if way and moment.way not in ("STORE", "WEB") else ""
    reason = sentence(str(facts.get("reason", "")))
    if state in UNSENT:
        return Words("send-slash", f"{about}{by}", because=reason or "no reason was written down.", kind="unsent")
    if state == "UNCERTAIN":
        return Words("send-exclamation", f"Perhaps written{by}", about, "Delivery was cut off. It is not repeated.")
    icon = {"EMAIL": "envelope", "SMS": "chat-left-text"}.get(moment.way, "send")
    return Words(icon, f"Written{by}" if by else "Written", about)


def _hold(moment: Moment) -> Words:
    event = str(moment.facts.get("event", "PLACED"))
    icon, title = HOLDS.get(event, HOLDS["PLACED"])
    detail = f"Kept until {clock(str(moment.facts['until']), moment.zone)}." if _is_kept(event, moment) else ""
    count = int(moment.facts.get("quantity", 1))
    product = _with(moment.store, moment.more.get("product", ""), f"{count} pieces" if count > 1 else "")
    broken = ("Promise broken", "broken") if event == "NOT_FOUND" else ("", "")
    return Words(icon, title, product, detail, tag=broken[0], tag_state=broken[1])


def _is_kept(event: str, moment: Moment) -> bool:
    return event in ("PLACED", "EXTENDED") and bool(moment.facts.get("until"))


def _case(moment: Moment) -> Words:
    icon, title = CASES.get(str(moment.facts.get("event", "")), ("folder", "Case"))
    case = moment.more.get("case") or str(moment.facts.get("number", ""))
    return Words(icon, title, _with(f"case {case}" if case else "", moment.store), moment.more.get("text", ""))


def _plain(moment: Moment) -> Words:
    icon, title = PLAIN.get(moment.kind, ("dot", spoken(moment.kind).capitalize()))
    if moment.kind == "CONTACT" and moment.way == "PHONE":
        return Words("telephone-inbound", "Call", moment.store, kind="call")
    event = str(moment.facts.get("event", ""))
    return Words(icon, title, _with(spoken(event), moment.store))


WRITERS: dict[str, Callable[[Moment], Words]] = {"SALE": _sale, "MESSAGE": _message, "HOLD": _hold, "CASE": _case}


def describe(moment: Moment) -> Words:
    """The words for one row of the ledger; a kind nobody thought of is still named."""
    return WRITERS.get(moment.kind, _plain)(moment)


def clock(value: str | datetime, zone: ZoneInfo) -> str:
    """A moment as read from the wall: "Sun 22 Nov, 17:30"."""
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return f"{moment.astimezone(zone):%a %-d %b, %H:%M}"


def day_title(moment: datetime, zone: ZoneInfo, now: datetime) -> str:
    """The heading of a day: "Today, Sunday 22 November", with the year when it is another one."""
    local, today = moment.astimezone(zone), now.astimezone(zone).date()
    title = f"{local:%A %-d %B}" if local.year == today.year else f"{local:%A %-d %B %Y}"
    return f"Today, {title}" if local.date() == today else title
