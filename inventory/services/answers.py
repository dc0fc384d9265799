"""What shoppers are told of their holds and questions; each of them once."""

from datetime import datetime

from customers.governance import Purpose
from customers.services.messages import send, told_at
from inventory.links import hold_link, link_fact, question_link
from inventory.models import Hold, StockQuestion
from inventory.promises import still_waits, until_words
from inventory.selectors.next_store import next_store


def when_told(hold: Hold, *, now: datetime) -> datetime:
    """When the owner of this hold would hear of it: at once if he waits for it, else not in his quiet hours."""
    if _asked_for(hold, now):
        return now
    return told_at(hold.customer, purpose=Purpose.SERVICE, now=now)


def say_in_hand(hold: Hold, *, heard_at: datetime, now: datetime) -> None:
    """ "Come": somebody has it in hand, until when (as he hears it then), and what to say at the counter."""
    store = hold.level.store
    send(
        to=hold.customer,
        purpose=Purpose.SERVICE,
        kind="hold-in-hand",
        subject=f"hold:{hold.pk}",
        facts={
            "product": hold.level.product.name,
            "store": store.name,
            "quantity": hold.quantity,
            "until": until_words(hold.expires_at, heard_at, store.time_zone),
            "code": hold.code,
            **link_fact(hold_link(hold.public_id)),
        },
        dedupe_key=f"hold-in-hand:{hold.pk}",
        now=now,
        asked_for=_asked_for(hold, now),
    )


def say_not_found(hold: Hold, *, now: datetime) -> None:
    """ "Do not come", and where to go instead. Whose turn in line it was keeps his place and knew of nothing."""
    if hold.because == Hold.Because.WAITLIST:
        return
    send(
        to=hold.customer,
        purpose=Purpose.SERVICE,
        kind="hold-not-found",
        subject=f"hold:{hold.pk}",
        facts={
            "product": hold.level.product.name,
            "store": hold.level.store.name,
            "next_store": _next_name(hold.level.product_id, hold.level.store_id),
            **link_fact(hold_link(hold.public_id)),
        },
        dedupe_key=f"hold-not-found:{hold.pk}",
        now=now,
        asked_for=_asked_for(hold, now),
    )


def say_answer(question: StockQuestion, *, now: datetime) -> None:
    """What somebody found who went to the shelf, or that nobody went."""
    is_there = question.state == StockQuestion.State.YES
    lapsed = question.state == StockQuestion.State.LAPSED
    level = question.level
    send(
        to=question.customer,
        purpose=Purpose.SERVICE,
        kind="question-lapsed" if lapsed else "question-answered",
        subject=f"question:{question.pk}",
        facts={
            "product": level.product.name,
            "store": level.store.name,
            "next_store": "" if is_there else _next_name(level.product_id, level.store_id),
            **link_fact(question_link(question.public_id)),
            **({"phone": level.store.phone} if lapsed else {"is_there": is_there}),
        },
        dedupe_key=f"question-answered:{question.pk}",
        now=now,
        asked_for=still_waits(question.asked_at, now),
    )


def _next_name(product_id: int, store_id: int) -> str:
    store = next_store(product_id=product_id, store_id=store_id)
    return store.name if store else ""


def _asked_for(hold: Hold, now: datetime) -> bool:
    return hold.because == Hold.Because.SHOPPER and still_waits(hold.placed_at, now)
