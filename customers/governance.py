"""The governor: whether one message goes out, waits, or is not sent, and why. Pure rules, no framework.

The order of the rules is the order of `RULES`; the first that speaks decides. A rule takes the facts known about
the intent and returns a Verdict, or None when it has nothing to say.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum

DEFAULT_QUIET_FROM = time(20, 0)
DEFAULT_QUIET_UNTIL = time(9, 0)


class Purpose(StrEnum):
    """Why the chain writes. Service needs no consent: it belongs to what the customer ordered."""

    SERVICE = "SERVICE"
    SURVEY = "SURVEY"
    MARKETING = "MARKETING"
    STAFF = "STAFF"


# So long somebody waits for what he asked; an answer that was held up for longer may wait for the morning too.
ANSWER_WAITED_FOR = timedelta(hours=2)
# What the chain wants of the customer, not what the customer ordered: it needs consent, keeps silent while a complaint
# is open, and is not repeated when nobody knows whether it arrived.
ASKS_OR_SELLS = frozenset({Purpose.SURVEY, Purpose.MARKETING})


class Outcome(StrEnum):
    """What becomes of the intent."""

    SEND = "SEND"
    MERGE = "MERGE"
    HOLD = "HOLD"
    DROP = "DROP"


@dataclass(frozen=True)
class ConsentFact:
    """One decision of the customer's for one purpose; `address` is a keyed hash, None for every address he has."""

    way: str
    address: bytes | None
    given: bool


def allowed_ways(
    purpose: Purpose, addresses: Mapping[str, Collection[bytes]], decisions: Iterable[ConsentFact]
) -> frozenset[str]:
    """The ways with at least one address to which `purpose` may go.

    `decisions` are those for this purpose, oldest first: the newest that speaks of an address decides. Where none
    does, only what the customer ordered may go.
    """
    newest_first = list(decisions)[::-1]

    def allowed(way: str, address: bytes) -> bool:
        spoken = (fact.given for fact in newest_first if fact.way == way and fact.address in (None, address))
        return next(spoken, purpose not in ASKS_OR_SELLS)

    return frozenset(way for way, known in addresses.items() if any(allowed(way, address) for address in known))


@dataclass(frozen=True)
class Intent:
    """Everything the rules look at, as plain values.

    `local_now` is the recipient's clock. `ways` are the ways that have an address, preferred first.
    `said_same` is the id of an open or sent message with the same subject and facts, if there is one. `asked_for`
    is the answer that the recipient waits for at this hour.
    """

    purpose: Purpose
    local_now: datetime
    ways: tuple[str, ...]
    allowed_ways: frozenset[str]
    said_same: int | None = None
    open_complaints: int = 0
    quiet_from: time = DEFAULT_QUIET_FROM
    quiet_until: time = DEFAULT_QUIET_UNTIL
    asked_for: bool = False


@dataclass(frozen=True)
class Verdict:
    """The decision, in words for the timeline; `way` for SEND and HOLD, `not_before` for HOLD."""

    outcome: Outcome
    reason: str
    way: str = ""
    not_before: datetime | None = None
    same_as: int | None = None


def said_already(intent: Intent) -> Verdict | None:
    """One subject with the same facts is said once."""
    if intent.said_same is None:
        return None
    return Verdict(Outcome.MERGE, "the same was said already", same_as=intent.said_same)


def complaint_first(intent: Intent) -> Verdict | None:
    """While a complaint is open nobody is asked or sold to."""
    if intent.open_complaints and intent.purpose in ASKS_OR_SELLS:
        return Verdict(Outcome.DROP, "a complaint is open")
    return None


def no_address(intent: Intent) -> Verdict | None:
    """Nowhere to send it."""
    if not intent.ways:
        return Verdict(Outcome.DROP, "no address is known")
    return None


def no_consent(intent: Intent) -> Verdict | None:
    """Surveys and marketing go only by ways that were allowed for them, service by all that were not forbidden."""
    if not any(way in intent.allowed_ways for way in intent.ways):
        return Verdict(Outcome.DROP, f"{intent.purpose.value.lower()} was not allowed")
    return None


def quiet_hours(intent: Intent) -> Verdict | None:
    """At night a message waits for the morning; it is never dropped for that.

    Staff are told at once, and so is who waits for the answer.
    """
    if intent.purpose is Purpose.STAFF or intent.asked_for:
        return None
    until = quiet_until(intent.local_now, intent.quiet_from, intent.quiet_until)
    if until is None:
        return None
    return Verdict(Outcome.HOLD, f"quiet hours until {until:%H:%M}", way=chosen_way(intent), not_before=until)


def chosen_way(intent: Intent) -> str:
    """The first way, in the order the customer prefers, that is allowed."""
    return next(way for way in intent.ways if way in intent.allowed_ways)


def quiet_until(local: datetime, quiet_from: time, until: time) -> datetime | None:
    """When the quiet around `local` ends; None outside of it. The span may cross midnight."""
    clock = local.time().replace(tzinfo=None)
    crosses = quiet_from > until
    if crosses and clock >= quiet_from:
        return datetime.combine(local.date() + timedelta(days=1), until, local.tzinfo)
    if (crosses and clock < until) or (quiet_from <= clock < until):
        return datetime.combine(local.date(), until, local.tzinfo)
    return None


Rule = Callable[[Intent], Verdict | None]
RULES: tuple[Rule, ...] = (no_address, no_consent, said_already, complaint_first, quiet_hours)
# Asked again just before the message leaves: hours may have passed since it was queued, and minds were changed.
RULES_AT_DELIVERY: tuple[Rule, ...] = tuple(rule for rule in RULES if rule is not said_already)


def decide(intent: Intent, rules: tuple[Rule, ...] = RULES) -> Verdict:
    """The verdict of the first rule that speaks; SEND by the preferred allowed way when none does."""
    for rule in rules:
        verdict = rule(intent)
        if verdict is not None:
            return verdict
    return Verdict(Outcome.SEND, "nothing speaks against it", way=chosen_way(intent))
