"""Taps of the store screen: each counts once, in its own store, at the moment when it was made."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone

from customers.models import Message
from cxportal.roles import Role
from cxportal.store.answers import Answer, done
from cxportal.store.deed import Deed
from cxportal.store.taps import TAPS_KEPT, Tap, forget_taps, moment_of, take_tap
from inventory.models import Delivery, Hold, StockCount, StockLevel, StockMovement, StockQuestion, StoreTap
from inventory.services.deliveries import expect_delivery
from inventory.services.holds import find_hold, release_hold
from inventory.services.ledger_check import check_ledger
from tests.cxportal.clerk import Clerk
from tests.factories import NOW, make_level, make_staff, make_store

pytestmark = pytest.mark.django_db


@pytest.fixture
def kim() -> Clerk:
    """A clerk in Mill Lane."""
    return Clerk()


# --- Once ----------------------------------------------------------------------------------------------------------


def adding(tally: list[str]) -> Callable[[Deed], Answer]:
    """A deed that leaves a trace each time it is done."""

    def add(deed: Deed) -> Answer:
        tally.append(deed.target)
        return done(f"{len(tally)} done.")

    return add


def test_the_same_tap_again_gets_the_same_answer_and_does_nothing() -> None:
    store, staff, tally = make_store(), make_staff(), list[str]()
    tap = Tap(uuid4(), "add", "x", {})
    answers = [take_tap(tap, store=store, staff=staff, now=NOW, deeds={"add": adding(tally)}) for _ in range(3)]
    assert answers == [done("1 done.")] * 3
    assert tally == ["x"]


def test_control_without_one_id_the_same_tap_counts_each_time() -> None:
    store, staff, tally = make_store(), make_staff(), list[str]()
    for _ in range(3):
        take_tap(Tap(uuid4(), "add", "x", {}), store=store, staff=staff, now=NOW, deeds={"add": adding(tally)})
    assert tally == ["x", "x", "x"]


def test_a_refusal_is_remembered_and_leaves_nothing_half_done() -> None:
    store, staff, level = make_store(), make_staff(), make_level(on_hand=5)

    def half(deed: Deed) -> Answer:
        StockLevel.objects.filter(pk=level.pk).update(held=1)
        raise ValidationError("No.", code="NO")

    tap = Tap(uuid4(), "half", "x", {})
    first = take_tap(tap, store=store, staff=staff, now=NOW, deeds={"half": half})
    # The rule would allow it now; the screen still gets what it was told before.
    again = take_tap(tap, store=store, staff=staff, now=NOW, deeds={"half": adding([])})
    assert (first.status, first.code) == (409, "NO")
    assert again == first
    level.refresh_from_db()
    assert level.held == 0


def test_a_crash_leaves_no_answer_and_the_tap_may_come_again() -> None:
    store, staff, tally = make_store(), make_staff(), list[str]()

    def fail(deed: Deed) -> Answer:
        raise RuntimeError

    tap = Tap(uuid4(), "add", "x", {})
    with pytest.raises(RuntimeError), transaction.atomic():
        take_tap(tap, store=store, staff=staff, now=NOW, deeds={"add": fail})
    assert take_tap(tap, store=store, staff=staff, now=NOW, deeds={"add": adding(tally)}).is_done
    assert tally == ["x"]


def test_one_id_is_for_one_thing(kim: Clerk) -> None:
    hold, tap_id = kim.hold(), uuid4()
    kim.tap("hold.found", hold.public_id, tap_id=tap_id)
    answer = kim.tap("hold.released", hold.public_id, tap_id=tap_id)
    assert (answer.status_code, answer.json()["code"]) == (409, "TAP_REUSED")
    hold.refresh_from_db()
    assert hold.state == Hold.State.IN_HAND


def test_another_stores_answer_is_not_given_out(kim: Clerk) -> None:
    tap_id = uuid4()
    kim.tap("hold.found", kim.hold().public_id, tap_id=tap_id)
    other = Clerk(make_store())
    assert other.tap("hold.found", uuid4(), tap_id=tap_id).status_code == 404


@pytest.mark.parametrize(
    ("ago", "believed"),
    [
        (timedelta(minutes=10), timedelta(minutes=10)),
        (timedelta(days=3), timedelta(hours=24)),
        (-timedelta(minutes=5), timedelta(0)),
    ],
)
def test_the_devices_clock_is_believed_within_a_day(ago: timedelta, believed: timedelta) -> None:
    assert moment_of(NOW - ago, NOW) == NOW - believed
    assert moment_of(None, NOW) == NOW


def test_taps_are_forgotten_when_no_device_may_send_them_any_more() -> None:
    store, staff, tally = make_store(), make_staff(), list[str]()
    deeds = {"add": adding(tally)}
    tap = Tap(uuid4(), "add", "x", {}, NOW)
    take_tap(tap, store=store, staff=staff, now=NOW, deeds=deeds)
    assert forget_taps(NOW + TAPS_KEPT) == 0
    later = NOW + TAPS_KEPT + timedelta(seconds=1)
    assert forget_taps(later) == 1
    assert take_tap(tap, store=store, staff=staff, now=later, deeds=deeds).code == "OLD"
    assert tally == ["x"]


# --- Promises ------------------------------------------------------------------------------------------------------


def test_found_tells_the_shopper_once(kim: Clerk) -> None:
    hold, tap_id = kim.hold(), uuid4()
    answers = [kim.tap("hold.found", hold.public_id, tap_id=tap_id).json() for _ in range(2)]
    assert answers[0] == answers[1]
    assert answers[0]["words"] == "Kettle is put aside for M. G., who is told to come."
    hold.refresh_from_db()
    assert hold.state == Hold.State.IN_HAND
    assert Message.objects.filter(kind="hold-in-hand").count() == 1


def test_what_was_tapped_offline_happened_then(kim: Clerk) -> None:
    now = timezone.now()
    hold = kim.hold(now=now - timedelta(minutes=30))
    kim.tap("hold.found", hold.public_id, tapped_at=now - timedelta(minutes=10))
    hold.refresh_from_db()
    assert hold.in_hand_at == now - timedelta(minutes=10)


def test_a_slow_clock_does_nothing_before_the_hold_was_there(kim: Clerk) -> None:
    hold = kim.hold()
    kim.tap("hold.found", hold.public_id, tapped_at=hold.placed_at - timedelta(hours=1))
    hold.refresh_from_db()
    assert hold.in_hand_at == hold.placed_at


def test_not_there_ends_the_hold(kim: Clerk) -> None:
    hold = kim.hold()
    assert kim.tap("hold.missed", hold.public_id).status_code == 200
    hold.refresh_from_db()
    assert hold.state == Hold.State.NOT_FOUND


def test_an_ended_hold_is_refused_with_the_way_out(kim: Clerk) -> None:
    hold = kim.hold()
    release_hold(hold=hold, now=timezone.now())
    answer = kim.tap("hold.found", hold.public_id)
    assert answer.status_code == 409
    assert answer.json()["words"] == "This hold has ended already. Put the piece back on the shelf."


@pytest.mark.parametrize("form", ["plain", "small and spaced", "picture"])
def test_given_out_by_its_code(kim: Clerk, form: str) -> None:
    hold = kim.hold()
    find_hold(hold=hold, staff=kim.staff, now=timezone.now())
    code = {
        "plain": hold.code,
        "small and spaced": f" {hold.code[:3].lower()} {hold.code[3:].lower()} ",
        "picture": f"https://shop.example/stock/hold/{hold.public_id}/",
    }[form]
    assert kim.tap("hold.given", hold.public_id, code=code).status_code == 200
    hold.refresh_from_db()
    assert hold.state == Hold.State.COLLECTED
    assert check_ledger().wrong == 0


@pytest.mark.parametrize("code", ["", "AAAAAA"])
def test_not_given_out_without_the_code(kim: Clerk, code: str) -> None:
    hold = kim.hold()
    answer = kim.tap("hold.given", hold.public_id, code=code)
    assert answer.json()["code"] == "WRONG_CODE"
    hold.refresh_from_db()
    assert hold.state == Hold.State.REQUESTED


def test_given_out_on_the_clerks_word(kim: Clerk) -> None:
    hold = kim.hold()
    assert kim.tap("hold.given", hold.public_id, confirmed="1").status_code == 200
    hold.refresh_from_db()
    assert hold.state == Hold.State.COLLECTED


@pytest.mark.parametrize(("verb", "state"), [("question.yes", "YES"), ("question.no", "NO")])
def test_a_question_is_answered_in_one_tap(kim: Clerk, verb: str, state: str) -> None:
    question = kim.question()
    assert kim.tap(verb, question.public_id).status_code == 200
    assert StockQuestion.objects.get(pk=question.pk).state == state


# --- Shelves and goods ---------------------------------------------------------------------------------------------


def test_a_surprise_asks_to_count_again_and_tells_no_book(kim: Clerk) -> None:
    level = kim.level(on_hand=40)
    answer = kim.tap("count.post", level.pk, counted="3").json()
    assert answer["again"]
    assert "40" not in answer["words"]
    assert kim.tap("count.post", level.pk, counted="3").json()["again"] is False
    level.refresh_from_db()
    assert level.on_hand == 3
    assert list(StockCount.objects.order_by("pk").values_list("state", "is_blind")) == [
        ("REPLACED", True),
        ("APPLIED", True),
    ]


def test_who_saw_the_book_counts_not_blind(kim: Clerk) -> None:
    kim.tap("count.post", kim.level().pk, counted="5", seen="1")
    assert not StockCount.objects.get().is_blind


@pytest.mark.parametrize("counted", ["", "-1", "many", "100000"])
def test_what_is_no_number_is_not_remembered(kim: Clerk, counted: str) -> None:
    level, tap_id = kim.level(), uuid4()
    assert kim.tap("count.post", level.pk, tap_id=tap_id, counted=counted).status_code == 400
    assert kim.tap("count.post", level.pk, tap_id=tap_id, counted="5").status_code == 200


@pytest.mark.parametrize("kind", ["DAMAGE", "THEFT", "DISPLAY"])
def test_what_cannot_be_sold_leaves_the_book_with_its_reason(kim: Clerk, kind: str) -> None:
    level = kim.level(on_hand=5)
    assert kim.tap("level.lose", level.pk, kind=kind, quantity="2", reason="fell").status_code == 200
    moved = StockMovement.objects.get(level=level, kind=kind)
    assert (moved.quantity, moved.reason, moved.staff_id) == (-2, "fell", kim.staff.pk)
    assert check_ledger().wrong == 0


def coming(kim: Clerk, **pieces: int) -> Delivery:
    """A delivery that is on its way."""
    lines = {kim.level(name).product_id: number for name, number in pieces.items()}
    return expect_delivery(store=kim.store, number="DN-1", expected_at=NOW, lines=lines, now=NOW)


def test_a_delivery_that_came_short_says_so(kim: Clerk) -> None:
    delivery = coming(kim, Kettle=4, Mug=6)
    kettle, mug = delivery.lines.order_by("product__name")
    values = {f"line-{kettle.product_id}": "3", f"line-{mug.product_id}": "8"}
    answer = kim.tap("delivery.receive", delivery.pk, **values)
    assert answer.json()["words"] == "Delivery DN-1: 11 pieces came. Kettle: 1 short, Mug: 2 over."
    assert StockLevel.objects.get(product=kettle.product_id).on_hand == 8
    assert check_ledger().wrong == 0


def test_a_transfer_leaves_here_and_is_expected_there(kim: Clerk) -> None:
    level, there = kim.level(on_hand=5, sku="KETTLE"), make_store(name="East Mall")
    answer = kim.tap("transfer.send", "", **{"to": there.code, "item-1": "KETTLE", "line-1": "2", "item-2": ""})
    assert answer.status_code == 200
    level.refresh_from_db()
    assert level.on_hand == 3
    assert Delivery.objects.get(store=there, sent_from=kim.store).lines.get().expected == 2


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({}, "Type at least one item"),
        ({"item-1": "NOTHING", "line-1": "2"}, "No product has the number"),
        ({"item-1": "KETTLE", "line-1": "x"}, "is not a number of pieces"),
        ({"item-1": "KETTLE", "line-1": "9"}, "not as many free"),
    ],
)
def test_a_transfer_that_cannot_be_says_why(kim: Clerk, values: dict[str, str], words: str) -> None:
    kim.level(on_hand=5, sku="KETTLE")
    there = make_store()
    answer = kim.tap("transfer.send", "", to=there.code, **values)
    assert answer.status_code in (400, 409)
    assert words in answer.json()["words"]


# --- Whose -------------------------------------------------------------------------------------------------------


def foreign(verb: str, other: Clerk) -> object:
    """Something of another store's that `verb` could be tapped on."""
    return {
        "hold": lambda: other.hold().public_id,
        "question": lambda: other.question().public_id,
        "count": lambda: other.level().pk,
        "level": lambda: other.level().pk,
        "delivery": lambda: coming(other, Kettle=1).pk,
    }[verb.split(".")[0]]()


VALUES: dict[str, dict[str, Any]] = {
    "hold.given": {"confirmed": "1"},
    "count.post": {"counted": "1"},
    "level.lose": {"kind": "THEFT", "quantity": "1"},
}
VERBS = ["hold.found", "hold.missed", "hold.given", "hold.released", "question.yes", "question.no"]
VERBS += ["count.post", "level.lose", "delivery.receive"]


@pytest.mark.parametrize("verb", VERBS)
def test_another_stores_things_are_not_here(kim: Clerk, verb: str) -> None:
    target = foreign(verb, Clerk(make_store()))
    assert kim.tap(verb, target, **VALUES.get(verb, {})).status_code == 404
    assert not StoreTap.objects.exists()


@pytest.mark.parametrize("verb", VERBS)
def test_control_the_own_stores_things_are(kim: Clerk, verb: str) -> None:
    assert kim.tap(verb, foreign(verb, kim), **VALUES.get(verb, {})).status_code == 200


def test_another_stores_screen_is_no_page(kim: Clerk) -> None:
    other = make_store()
    assert kim.client.get("/store/", {"at": other.code}).status_code == 404
    assert kim.client.get("/store/ticket/", {"at": other.code}).status_code == 404


def test_who_has_no_store_chooses_one() -> None:
    head = Clerk(role=Role.ADMINISTRATOR)
    assert "Which store" in head.client.get("/store/").content.decode()
    assert head.tap("hold.found", head.hold().public_id).status_code == 200
    assert head.client.get("/store/", {"at": "nowhere"}).status_code == 404


@pytest.mark.parametrize("role", [Role.AGENT, Role.CX_HEAD, Role.MARKETING])
def test_who_does_not_work_in_stores_has_no_screen(role: Role) -> None:
    other = Clerk(role=role)
    assert other.client.get("/store/").status_code == 403
    assert other.tap("hold.found", other.hold().public_id).status_code == 403


@pytest.mark.parametrize("body", ["", "[]", "{", '{"tap_id": "x", "verb": "hold.found"}'])
def test_what_is_no_tap_is_refused(kim: Clerk, body: str) -> None:
    assert kim.client.post("/store/taps/", body, content_type="application/json").status_code == 400


def test_an_old_screens_verb_asks_for_a_reload(kim: Clerk) -> None:
    answer = kim.tap("hold.burnt", uuid4())
    assert (answer.status_code, answer.json()["words"]) == (400, "This screen is older than the portal. Reload it.")


def test_a_target_that_is_no_id_is_not_here(kim: Clerk) -> None:
    assert kim.tap("hold.found", "1; drop").status_code == 404
    assert kim.tap("count.post", "٣", counted="1").status_code == 404
    assert kim.tap("count.post", "9" * 40, counted="1").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_copies_of_one_tap_at_once_count_once() -> None:
    kim, tap_id = Clerk(), uuid4()
    level = kim.level(on_hand=9)

    def send(_: int) -> str:
        try:
            answer = kim.tap("level.lose", level.pk, tap_id=tap_id, kind="THEFT", quantity="1")
            return f"{answer.status_code} {answer.json()['words']}"
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        answers = set(threads.map(send, range(8)))
    assert answers == {"200 Kettle: 1 piece stolen. The book has it."}
    level.refresh_from_db()
    assert level.on_hand == 8


# --- What no screen of ours sends -----------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["9" * 5000, "²", "-1", "100000"])
def test_numbers_that_are_none_are_refused(kim: Clerk, typed: str) -> None:
    level = kim.level()
    delivery = expect_delivery(store=kim.store, number="N", expected_at=NOW, lines={level.product_id: 1}, now=NOW)
    answer = kim.tap("delivery.receive", delivery.pk, **{f"line-{level.product_id}": typed})
    assert (answer.status_code, answer.json()["code"]) == (400, "UNREADABLE")


def test_lines_and_items_that_can_be_none_are_refused(kim: Clerk) -> None:
    level, other = kim.level(), make_store()
    delivery = expect_delivery(store=kim.store, number="N", expected_at=NOW, lines={level.product_id: 1}, now=NOW)
    assert kim.tap("delivery.receive", delivery.pk, **{f"line-{'9' * 5000}": "1"}).status_code < 500
    sent = kim.tap("transfer.send", "", to=other.code, **{"line-1": "1", "item-1": "\0"})
    assert (sent.status_code, sent.json()["code"]) == (400, "UNREADABLE")
