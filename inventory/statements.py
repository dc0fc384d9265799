"""What is said to a shopper about one product in one store: words first, number second, source third. Pure rules."""

from dataclasses import dataclass
from datetime import datetime, tzinfo

WORDS = {"SURE": "Very likely there", "ASK": "Ask first", "GONE": "Gone"}
SMALL_NUMBERS = (
    "none",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
)


@dataclass(frozen=True)
class Facts:
    """What the book knows of one level."""

    on_hand: int
    held: int
    last_counted_at: datetime | None
    last_counted_quantity: int | None
    last_sold_at: datetime | None
    last_missed_at: datetime | None

    @property
    def free(self) -> int:
        """Pieces in the book that nobody has put aside."""
        return max(0, self.on_hand - self.held)


def number_word(count: int) -> str:
    """Small numbers as words: "one", "twelve", 13."""
    return SMALL_NUMBERS[count] if 0 <= count < len(SMALL_NUMBERS) else str(count)


def when(moment: datetime, now: datetime, zone: tzinfo) -> str:
    """A clock time when near, days when far: "20 minutes ago", "yesterday at 18:40", "on Friday", "16 days ago"."""
    minutes = int((now - moment).total_seconds() // 60)
    if minutes < 1:
        return "just now"
    if minutes < 60:
        return "a minute ago" if minutes == 1 else f"{minutes} minutes ago"
    local, today = moment.astimezone(zone), now.astimezone(zone).date()
    days = (today - local.date()).days
    if days == 0:
        return f"today at {local:%H:%M}"
    if days == 1:
        return f"yesterday at {local:%H:%M}"
    return f"on {local:%A}" if days < 7 else f"{days} days ago"


def word(band: str, facts: Facts) -> str:
    """The big words of a statement."""
    if band == "GONE" and 0 < facts.on_hand <= facts.held:
        return (
            "Gone, the last one is held"
            if facts.on_hand == 1
            else f"Gone, the last {number_word(facts.on_hand)} are held"
        )
    return WORDS[band]


def evidence(band: str, facts: Facts, now: datetime, zone: tzinfo) -> str:
    """The source of the words: when it was counted, when one was sold, what is held. One or more short sentences."""
    parts = []
    if band == "ASK":
        parts.append(f"The book says {facts.free}, but we are not sure.")
    if facts.on_hand < 0:
        parts.append("The till sold more than the book had, so the book is wrong.")
    if facts.last_counted_at and facts.last_counted_quantity is not None:
        found = str(facts.last_counted_quantity) if facts.last_counted_quantity else "none"
        parts.append(f"Counted {when(facts.last_counted_at, now, zone)}: {found}.")
    else:
        parts.append("Never counted here.")
    if facts.last_sold_at:
        parts.append(f"Last sold {when(facts.last_sold_at, now, zone)}.")
    if facts.last_missed_at:
        parts.append(f"Somebody could not find it {when(facts.last_missed_at, now, zone)}.")
    parts.append(_held(facts.held))
    return " ".join(part for part in parts if part)


def _held(held: int) -> str:
    if not held:
        return ""
    return "One is held for somebody." if held == 1 else f"{number_word(held).capitalize()} are held for others."
