"""What is done about promises: holds picked, given out, given back; questions answered."""

from collections.abc import Callable
from datetime import datetime

from django.core.exceptions import ValidationError

from cxportal.store.answers import Answer, done
from cxportal.store.deed import Deed
from cxportal.store.forms import GiveForm, checked
from cxportal.store.scans import is_code_of
from inventory.models import Hold, StockQuestion
from inventory.services.holds import collect_hold, find_hold, miss_hold, release_hold
from inventory.services.questions import answer_question

# What to do with the piece when the hold has ended meanwhile.
ENDED = {
    "find": "Put the piece back on the shelf.",
    "miss": "Nothing is left to do for it.",
    "give": "Whoever has the piece pays as usual; the till's receipt takes it out of the book.",
    "release": "Nothing is left to do for it.",
}


def found(deed: Deed) -> Answer:
    """It is off the shelf and put aside; the shopper is told to come."""
    hold = _hold(deed)
    _or_way_out("find", lambda: find_hold(hold=hold, staff=deed.staff, now=_moment(deed, hold)))
    return done(f"{hold.level.product.name} is put aside for {_who(hold)}, who is told to come.")


def missed(deed: Deed) -> Answer:
    """It is not on the shelf; the shopper is told so, with the next store."""
    hold = _hold(deed)
    _or_way_out("miss", lambda: miss_hold(hold=hold, staff=deed.staff, now=_moment(deed, hold)))
    return done(f"{hold.level.product.name} is not there. {_who(hold)} is told so, and where else it may be.")


def given(deed: Deed) -> Answer:
    """The shopper has it. Needs the code, or the clerk's word."""
    values, hold = checked(GiveForm(dict(deed.values))), _hold(deed)
    if not values["confirmed"] and not is_code_of(hold, values["code"]):
        words = "This is not the code of this hold. Ask for it again, or choose “No code”."
        raise ValidationError(words, code="WRONG_CODE")
    _or_way_out("give", lambda: collect_hold(hold=hold, staff=deed.staff, now=_moment(deed, hold)))
    return done(f"{hold.level.product.name} is given to {_who(hold)}. It goes through the till as usual.")


def released(deed: Deed) -> Answer:
    """The shopper does not want it any more; the next in line gets it, or the shelf."""
    hold = _hold(deed)
    _or_way_out("release", lambda: release_hold(hold=hold, staff=deed.staff, now=_moment(deed, hold)))
    return done(f"{hold.level.product.name} is free again. Put it back, unless it is on the list for somebody else.")


def shelved(deed: Deed) -> Answer:
    """The piece of a hold that has ended lies on the shelf again; the book knew that it was free."""
    hold = _hold(deed)
    if hold.state in Hold.LIVE:
        raise ValidationError("This hold is live: keep the piece aside.", code="LIVE")
    return done(f"{hold.level.product.name} is back on the shelf.")


def is_there(deed: Deed) -> Answer:
    """Somebody looked, and it is there."""
    return _answer(deed, is_there=True)


def is_gone(deed: Deed) -> Answer:
    """Somebody looked, and it is not there."""
    return _answer(deed, is_there=False)


def _answer(deed: Deed, *, is_there: bool) -> Answer:
    questions = StockQuestion.objects.filter(store=deed.store).select_related("level__product")
    question: StockQuestion = deed.public_row(questions)
    at = max(deed.at, question.asked_at)
    answer_question(question=question, is_there=is_there, staff=deed.staff, now=at)
    said = "is there" if is_there else "is not there"
    return done(f"{question.level.product.name} {said}. The shopper is told.")


def _hold(deed: Deed) -> Hold:
    holds = Hold.objects.filter(store=deed.store).select_related("level__product", "customer")
    hold: Hold = deed.public_row(holds)
    return hold


def _moment(deed: Deed, hold: Hold) -> datetime:
    """A device's clock may be slow: nothing is done about a hold before it was placed."""
    return max(deed.at, hold.placed_at)


def _who(hold: Hold) -> str:
    """Initials: words of an answer are kept, and read aloud."""
    return hold.customer.initials or "the shopper"


def _or_way_out(step: str, do: Callable[[], object]) -> None:
    try:
        do()
    except ValidationError as error:
        raise ValidationError(f"{' '.join(error.messages)} {ENDED[step]}", code=error.code) from error
