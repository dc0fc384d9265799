"""The shopper's pages: a code proves the phone, a hold follows, and every refusal has a way out."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from customers.models import ContactCode, Customer, Store
from inventory.models import Hold, StockLevel, StockQuestion, WaitlistEntry
from inventory.promise_page import place_words
from inventory.promises import MOST_LIVE_PER_PERSON, MOST_WAITING
from inventory.qr import MARGIN, qr_picture
from inventory.selectors.elsewhere import MOST_TO_WAIT_IN
from inventory.services.holds import find_hold, miss_hold, place_hold
from inventory.views.contact_step import COOKIE
from tests.factories import make_customer, make_level, make_product, make_staff, make_store, make_wellknown

pytestmark = pytest.mark.django_db(transaction=True)

PHONE = "+12025550147"
ALL_DAY: dict[str, Any] = {day: ["00:00", "24:00"] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}


@pytest.fixture(autouse=True)
def portal(settings: Settings, tmp_path: Path) -> None:
    make_wellknown()
    settings.MESSAGE_DIR = tmp_path
    settings.DEBUG = True  # the page shows the code


def a_store(**values: Any) -> Store:
    return make_store(hours=ALL_DAY, phone="+1 212 555 0100", **values)


def a_level(on_hand: int = 3, **values: Any) -> StockLevel:
    now = timezone.now()
    proven = {"last_counted_at": now, "last_counted_quantity": on_hand}
    return make_level(on_hand=on_hand, **{"store": values.pop("store", None) or a_store(), **proven, **values})


def url(name: str, level: StockLevel) -> str:
    return reverse(name, args=[level.product.sku, level.store.code])


def page(answer: Any) -> str:
    return str(answer.content.decode())


def shown_code(answer: Any) -> str:
    found = re.search(r"data-demo-code>(\d{6})<", page(answer))
    assert found
    return found[1]


def ask_for_code(client: Client, address: str, contact: str = PHONE, **chosen: Any) -> tuple[str, str]:
    """Where the code is typed, and the code."""
    answer = client.post(address, {"step": "contact", "contact": contact, **chosen})
    assert answer.status_code == 302, page(answer)
    return answer["Location"], shown_code(client.get(answer["Location"]))


def walk(client: Client, address: str, contact: str = PHONE, **chosen: Any) -> Any:
    """From the form to the promise."""
    where, code = ask_for_code(client, address, contact, **chosen)
    return client.post(where, {"step": "code", "code": code})


def tap(client: Client, level: StockLevel) -> Any:
    """One tap of somebody whom the device knows."""
    return client.post(url("stock-hold", level), {"step": "do", "quantity": "1"})


def test_a_code_and_one_button_make_a_hold(client: Client) -> None:
    level = a_level()
    first = client.get(url("stock-hold", level))
    assert "until" in page(first)
    assert first["Cache-Control"].startswith("max-age=0, no-cache, no-store")
    answer = walk(client, url("stock-hold", level), quantity="2")
    hold = Hold.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, reverse("stock-hold-page", args=[hold.public_id]))
    assert (hold.quantity, hold.because, hold.state) == (2, "SHOPPER", "REQUESTED")
    assert hold.customer.masked_phone == "...47"


def test_before_the_code_there_is_no_customer_and_nothing_is_put_aside(client: Client) -> None:
    level = a_level()
    ask_for_code(client, url("stock-hold", level))
    assert (Customer.objects.count(), Hold.objects.count()) == (0, 0)


def test_the_next_hold_needs_no_code(client: Client) -> None:
    walk(client, url("stock-hold", a_level()))
    cookie = client.cookies[COOKIE]
    assert (cookie["httponly"], cookie["path"], cookie["samesite"], cookie["max-age"]) == (
        True,
        "/stock/",
        "Lax",
        43200,
    )
    level = a_level()
    assert "...47" in page(client.get(url("stock-hold", level)))
    tap(client, level)
    assert Hold.objects.filter(level=level).count() == 1


def test_a_forged_cookie_is_nobodys(client: Client) -> None:
    client.cookies[COOKIE] = f"{make_customer().public_id}:1abcde:forged"
    level = a_level()
    assert tap(client, level).status_code == 200
    assert Hold.objects.count() == 0


def test_a_second_tap_finds_the_hold_of_the_first(client: Client) -> None:
    level = a_level()
    walk(client, url("stock-hold", level))
    answer = tap(client, level)
    assert answer["Location"] == reverse("stock-hold-page", args=[Hold.objects.get().public_id])


def test_a_wrong_code_is_said_at_its_field_and_holds_nothing(client: Client) -> None:
    where, code = ask_for_code(client, url("stock-hold", a_level()))
    wrong = f"{(int(code) + 1) % 10**6:06}"
    answer = client.post(where, {"step": "code", "code": wrong})
    assert "This is not the code. 4 tries are left." in page(answer)
    assert Hold.objects.count() == 0


def test_a_code_is_sent_once_more_on_the_same_page(client: Client) -> None:
    where, _ = ask_for_code(client, url("stock-hold", a_level()))
    assert "Sent once more." in page(client.post(where, {"step": "again"}))
    assert "It was sent twice." in page(client.post(where, {"step": "again"}))


@pytest.mark.parametrize("contact", ["12", "nobody@", "", "x" * 300])
def test_what_is_no_contact_is_said_at_its_field(client: Client, contact: str) -> None:
    answer = client.post(url("stock-hold", a_level()), {"step": "contact", "contact": contact})
    assert "invalid-feedback" in page(answer)
    assert ContactCode.objects.count() == 0


def test_in_production_no_page_shows_a_code(client: Client, settings: Settings) -> None:
    settings.PRODUCTION = True
    level = a_level()
    answer = client.post(url("stock-hold", level), {"step": "contact", "contact": "maria@chain.example"})
    assert "data-demo-code" not in page(client.get(answer["Location"]))


def test_no_code_is_promised_by_a_way_that_nobody_carries(client: Client, settings: Settings) -> None:
    settings.PRODUCTION = True
    answer = client.post(url("stock-hold", a_level()), {"step": "contact", "contact": PHONE})
    assert "Type an e-mail address" in page(answer)
    assert ContactCode.objects.count() == 0


def test_three_things_at_most_and_the_refusal_leads_to_them(client: Client) -> None:
    walk(client, url("stock-hold", a_level()))
    for _ in range(MOST_LIVE_PER_PERSON - 1):
        tap(client, a_level())
    answer = tap(client, a_level())
    assert answer.status_code == 409
    assert "Three things are kept for you already" in page(answer)
    assert reverse("stock-mine") in page(answer)
    assert Hold.objects.count() == MOST_LIVE_PER_PERSON


def test_nothing_free_leads_to_the_next_store_and_the_line(client: Client) -> None:
    level = a_level(0)
    other = a_level(2, product=level.product)
    shown = page(client.get(url("stock-hold", level)))
    assert "Nothing is free here now" in shown
    assert url("stock-hold", other) in shown
    assert reverse("stock-wait", args=[level.product.sku]) in shown


def test_a_thousand_attempts_of_a_bot_hold_at_most_the_cap(client: Client) -> None:
    levels = [a_level(9) for _ in range(4)]
    for number in range(500):
        client.post(url("stock-hold", levels[number % 4]), {"step": "contact", "contact": f"+1202555{number:04}"})
    assert (Hold.objects.count(), Customer.objects.count(), ContactCode.objects.count()) == (0, 0, 10)
    ContactCode.objects.update(asked_at=timezone.now() - timedelta(hours=2))
    walk(client, url("stock-hold", levels[0]))
    for number in range(500):
        tap(client, levels[number % 4])
    assert Hold.objects.count() == MOST_LIVE_PER_PERSON
    assert sum(StockLevel.objects.values_list("held", flat=True)) == MOST_LIVE_PER_PERSON


def test_control_as_many_people_are_refused_nothing_by_that_cap() -> None:
    level = a_level(9)
    for number in range(4):
        place_hold(
            customer=make_customer(phone=f"+1202555{number:04}"),
            level=level,
            because=Hold.Because.SHOPPER,
            now=timezone.now(),
        )
    assert Hold.objects.count() == 4 < MOST_WAITING


def a_hold(client: Client, **values: Any) -> Hold:
    walk(client, url("stock-hold", a_level(**values)))
    return Hold.objects.select_related("level__store", "level__product").get()


def test_the_page_says_come_only_when_somebody_has_it_in_hand(client: Client) -> None:
    hold = a_hold(client)
    address = reverse("stock-hold-page", args=[hold.public_id])
    assert "The store is looking for it" in page(client.get(address))
    find_hold(hold=hold, staff=make_staff(), now=timezone.now())
    for shown in (page(client.get(address)), page(client.get(f"{address}part/"))):
        assert "Come: kept aside for you until" in shown
        assert hold.code in shown
        assert qr_picture(hold.code).path in shown


def test_a_hold_is_kept_longer_once_and_given_back(client: Client) -> None:
    hold = a_hold(client)
    address = reverse("stock-hold-page", args=[hold.public_id])
    client.post(address, {"step": "extend"})
    assert "Keep it longer, once" not in page(client.get(address))
    client.post(address, {"step": "release"})
    shown = page(client.get(address))
    assert "Given back" in shown
    assert hold.code not in shown


def test_not_found_offers_the_next_store_with_one_tap(client: Client) -> None:
    hold = a_hold(client)
    other = a_level(2, product=hold.level.product)
    miss_hold(hold=hold, staff=make_staff(), now=timezone.now())
    address = reverse("stock-hold-page", args=[hold.public_id])
    shown = page(client.get(address))
    assert "Not on the shelf" in shown
    assert other.store.name in shown
    client.cookies.clear()
    answer = client.post(address, {"step": "next", "store": other.store.code})
    assert answer["Location"] == reverse("stock-hold-page", args=[Hold.objects.get(level=other).public_id])


def test_control_a_hold_that_stands_is_not_had_elsewhere_too(client: Client) -> None:
    hold = a_hold(client)
    other = a_level(2, product=hold.level.product)
    client.post(reverse("stock-hold-page", args=[hold.public_id]), {"step": "next", "store": other.store.code})
    assert Hold.objects.count() == 1


def test_an_unknown_hold_is_not_found(client: Client) -> None:
    assert client.get(reverse("stock-hold-page", args=[make_customer().public_id])).status_code == 404


def test_waiting_shows_the_place_and_leaves_with_one_button(client: Client) -> None:
    level = a_level(0)
    address = reverse("stock-wait", args=[level.product.sku])
    walk(client, address, stores=[level.store.code], wants="HOLD")
    entry = WaitlistEntry.objects.get()
    shown = page(client.get(reverse("stock-wait-page", args=[entry.public_id])))
    assert "You are next in line" in shown
    other = Client()
    walk(other, address, "+12025550148", stores=[level.store.code], wants="HOLD")
    second = WaitlistEntry.objects.latest("pk")
    assert "You are second in line" in page(other.get(reverse("stock-wait-page", args=[second.public_id])))
    left = client.post(reverse("stock-wait-page", args=[entry.public_id]), follow=True)
    assert "You left the line" in page(left)


def test_waiting_needs_a_store(client: Client) -> None:
    level = a_level(0)
    answer = client.post(
        reverse("stock-wait", args=[level.product.sku]), {"step": "contact", "contact": PHONE, "wants": "HOLD"}
    )
    assert "Choose one store at least." in page(answer)


def test_the_nearest_store_comes_first_when_the_shopper_says_where_he_is(client: Client) -> None:
    product = make_product()
    a_level(0, product=product, store=a_store(name="Far", city="Boston", latitude=42.36, longitude=-71.06))
    a_level(0, product=product, store=a_store(name="Near", city="New York"))
    shown = page(client.get(reverse("stock-wait", args=[product.sku]), {"near": "New York"}))
    assert shown.index("Near, ") < shown.index("Far, ")


def test_a_store_beyond_the_first_by_name_is_waited_in_from_start_to_end(client: Client) -> None:
    product = make_product()
    for number in range(MOST_TO_WAIT_IN):
        a_level(0, product=product, store=a_store(name=f"A{number:02}"))
    last = a_level(0, product=product, store=a_store(name="Zenith", latitude=42.36, longitude=-71.06))
    address = f"{reverse('stock-wait', args=[product.sku])}?store={last.store.code}"
    assert page(client.get(address)).index("Zenith") < page(client.get(address)).index("A00")
    walk(client, address, stores=[last.store.code], wants="HOLD")
    assert [store.name for store in WaitlistEntry.objects.get().stores.all()] == ["Zenith"]


def test_who_waits_for_what_is_free_has_it_at_once(client: Client) -> None:
    level = a_level(1)
    answer = walk(client, reverse("stock-wait", args=[level.product.sku]), stores=[level.store.code], wants="HOLD")
    assert answer["Location"] == reverse("stock-hold-page", args=[Hold.objects.get().public_id])


def test_who_has_one_kept_is_led_to_it_instead_of_the_line(client: Client) -> None:
    hold = a_hold(client)
    address = reverse("stock-wait", args=[hold.level.product.sku])
    answer = client.post(address, {"step": "do", "stores": [hold.level.store.code], "wants": "HOLD"})
    assert (answer.status_code, WaitlistEntry.objects.count()) == (409, 0)
    assert "One is kept for you already" in page(answer)


def test_a_question_has_a_page_with_its_deadline(client: Client) -> None:
    level = a_level()
    walk(client, url("stock-ask", level))
    question = StockQuestion.objects.get()
    shown = page(client.get(reverse("stock-question-page", args=[question.public_id])))
    assert "The store has not looked yet" in shown
    assert "An answer is due by" in shown


def test_my_holds_lists_them_and_forgets_me(client: Client) -> None:
    hold = a_hold(client)
    level = a_level(0)
    client.post(
        reverse("stock-wait", args=[level.product.sku]), {"step": "do", "stores": [level.store.code], "wants": "TELL"}
    )
    client.post(url("stock-ask", level), {"step": "do"})
    shown = page(client.get(reverse("stock-mine")))
    for name, row in (
        ("stock-hold-page", hold),
        ("stock-wait-page", WaitlistEntry.objects.get()),
        ("stock-question-page", StockQuestion.objects.get()),
    ):
        assert reverse(name, args=[row.public_id]) in shown
    client.post(reverse("stock-forget"))
    assert "Send me a code" in page(client.get(reverse("stock-mine")))


def test_forgetting_leads_back_inside_the_door_only(client: Client) -> None:
    back = lambda value: client.post(reverse("stock-forget"), {"back": value})["Location"]  # noqa: E731
    assert back("/stock/mine/") == "/stock/mine/"
    assert [back(value) for value in ("//elsewhere.example/stock/", "/customers/", "")] == ["/stock/"] * 3


def test_a_form_from_elsewhere_is_refused() -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(url("stock-hold", a_level()), {"step": "contact", "contact": PHONE}).status_code == 403


@pytest.mark.parametrize(
    ("position", "words"),
    [(1, "next"), (3, "third"), (11, "11th"), (12, "12th"), (21, "21st"), (22, "22nd"), (113, "113th")],
)
def test_places_in_line_have_words(position: int, words: str) -> None:
    assert place_words(position) == f"You are {words} in line"


def test_the_picture_of_a_code_has_its_margin() -> None:
    picture = qr_picture("ABC234")
    assert picture.side == 21 + 2 * MARGIN
    # The corner of the finder pattern is the first dark module.
    assert picture.path.startswith(f"M{MARGIN} {MARGIN}h1v1h-1z")


def test_a_store_code_that_is_none_is_no_fault(client: Client) -> None:
    level = make_level()
    assert client.get(f"/stock/{level.product.sku}/wait/", {"store": "\0"}).status_code == 200
