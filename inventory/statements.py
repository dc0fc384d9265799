"""What is said to a shopper about one product in one store: words first, number second, source third. Pure rules."""

from dataclasses import dataclass
from datetime import datetime, tzinfo

WORDS = {"SURE": "Very likely there", "ASK": "Ask first", "GONE": "Gone", "UNKNOWN": "We do not know"}
# A product stands still when it has not sold for so many times its usual pause.
STILL = 3
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
    last_received_at: datetime | None = None
    pace_per_day: float = 0.0
    coming_at: datetime | None = None
    coming: int = 0

    @property
    def free(self) -> int:
        """Pieces in the book that nobody has put aside."""
        return max(0, self.on_hand - self.held)

    @property
    def is_doubted(self) -> bool:
        """Somebody did not find it, and since then nobody has counted and nothing has come in."""
        proofs = [moment for moment in (self.last_counted_at, self.last_received_at) if moment]
        return self.last_missed_at is not None and all(self.last_missed_at > proof for proof in proofs)


# Who reads along without a name gets no exact count above this: it would be a competitor's price list of our shelves.
EXACT = 2
BANDS = ((5, "a few"), (10, "several"))
NEAR_DAYS = {0: "today", 1: "tomorrow"}
MANY = "many"


def pieces(count: int, *, exact: bool = False) -> str:
    """A number of pieces: "none", "1", "2", then "a few", "several", "many", or the number itself when `exact`."""
    if count <= 0:
        return "none"
    if exact or count <= EXACT:
        return str(count)
    return next((word for most, word in BANDS if count <= most), MANY)


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


def word(band: str, facts: Facts, *, exact: bool = False) -> str:
    """The big words of a statement."""
    if band == "GONE" and 0 < facts.on_hand <= facts.held:
        if facts.on_hand == 1:
            return "Gone, the last one is held"
        last = number_word(facts.on_hand) if exact or facts.on_hand <= EXACT else "ones"
        return f"Gone, the last {last} are held"
    return WORDS[band]


def evidence(band: str, facts: Facts, now: datetime, zone: tzinfo, *, exact: bool = False) -> str:
    """The source of the words: why so, when it was counted, delivered and sold, what is held. Short sentences.

    Numbers above two are bands unless `exact`, which is for people and tills of the chain.
    """
    parts = [_why(band, facts, now, exact=exact)]
    if facts.last_counted_at and facts.last_counted_quantity is not None:
        found = pieces(facts.last_counted_quantity, exact=exact)
        parts.append(f"Counted {when(facts.last_counted_at, now, zone)}: {found}.")
    if facts.last_received_at and (facts.last_counted_at is None or facts.last_received_at > facts.last_counted_at):
        parts.append(f"Delivered {when(facts.last_received_at, now, zone)}.")
    if facts.last_sold_at:
        parts.append(f"Last sold {when(facts.last_sold_at, now, zone)}.")
    if facts.last_missed_at:
        parts.append(f"Somebody could not find it {when(facts.last_missed_at, now, zone)}.")
    parts.append(_held(facts.held, exact=exact))
    parts.append(_planned(facts, now, zone, exact=exact))
    return " ".join(part for part in parts if part)


def _why(band: str, facts: Facts, now: datetime, *, exact: bool) -> str:
    """The reason for the words, where the facts alone do not give it."""
    if band == "UNKNOWN":
        return "More was sold here than our book had, and nobody has counted since."
    if facts.free == 0:
        return "" if facts.held else "The book says none."
    book = f"The book says {pieces(facts.free, exact=exact)}"
    if band == "SURE":
        return "" if facts.last_counted_at else f"{book}, never counted."
    return f"{book}, but {doubt(facts, now)}."


def doubt(facts: Facts, now: datetime) -> str:
    """Why a book that says something is not believed."""
    if facts.is_doubted:
        return "somebody looked for it in vain"
    pause = 1 / facts.pace_per_day if facts.pace_per_day else 0.0
    quiet = (now - facts.last_sold_at).days if facts.last_sold_at else 0
    if pause and quiet >= STILL * pause:
        usual = "several sell a day" if pause < 0.75 else f"one sells every {_days(round(pause))}"
        return f"none sold for {_days(quiet)} where {usual}"
    if facts.last_counted_at is None:
        return "nobody has ever counted it here"
    return f"nobody has counted it for {_days((now - facts.last_counted_at).days)}"


def _days(count: int) -> str:
    return "day" if count <= 1 else f"{count} days"


def _planned(facts: Facts, now: datetime, zone: tzinfo, *, exact: bool) -> str:
    """The next delivery, to who reads that nothing is free."""
    if facts.coming_at is None:
        return ""
    what = f"A delivery of {facts.coming}" if exact else "A delivery"
    local, today = facts.coming_at.astimezone(zone), now.astimezone(zone).date()
    days = (local.date() - today).days
    if facts.coming_at < now:
        return f"{what} was planned for {'today' if days == 0 else f'{local:%A %-d %B}'} and is not in the book yet."
    far = f"{local:%A}" if days < 7 else f"{local:%A %-d %B}"
    return f"{what} is planned for {NEAR_DAYS.get(days, far)}. It is a plan, not a promise."


def _held(held: int, *, exact: bool) -> str:
    if not held:
        return ""
    if held == 1:
        return "One is held for somebody."
    number = number_word(held) if exact or held <= EXACT else pieces(held)
    return f"{number.capitalize()} are held for others."
