"""Messages lead to the shopper's own page, when the portal knows its address."""

from datetime import timedelta

import pytest
from django.urls import reverse
from pytest_django import Settings

from customers.models import Message
from customers.services.texts import render
from inventory.models import Hold, WaitlistEntry
from inventory.services.holds import find_hold, miss_hold, place_hold
from inventory.services.waitlist import join_waitlist
from tests.factories import NOW, make_customer, make_level, make_staff, make_wellknown

pytestmark = pytest.mark.django_db


def a_hold() -> Hold:
    make_wellknown()
    customer = make_customer(phone="+12025550147")
    return place_hold(customer=customer, level=make_level(on_hand=1), because=Hold.Because.SHOPPER, now=NOW)


def said() -> str:
    message = Message.objects.get()
    return render(message.kind, message.facts, name="", way="SMS").body


def test_come_leads_to_the_hold(settings: Settings) -> None:
    settings.PUBLIC_URL = "https://shop.example"
    hold = a_hold()
    find_hold(hold=hold, staff=make_staff(), now=NOW + timedelta(minutes=1))
    assert f"https://shop.example{reverse('stock-hold-page', args=[hold.public_id])}\n" in said()


def test_not_found_leads_there_too(settings: Settings) -> None:
    settings.PUBLIC_URL = "https://shop.example"
    hold = a_hold()
    miss_hold(hold=hold, staff=make_staff(), now=NOW + timedelta(minutes=1))
    assert f"https://shop.example{reverse('stock-hold-page', args=[hold.public_id])}\n" in said()


def test_back_in_stock_leads_to_the_product(settings: Settings) -> None:
    settings.PUBLIC_URL = "https://shop.example"
    make_wellknown()
    level = make_level(on_hand=1)
    join_waitlist(
        customer=make_customer(phone="+12025550147"),
        product=level.product,
        stores=[level.store],
        wants=WaitlistEntry.Wants.TELL,
        now=NOW,
    )
    assert f"https://shop.example/stock/{level.product.sku}/\n" in said()


def test_without_an_address_of_its_own_the_text_is_whole(settings: Settings) -> None:
    settings.PUBLIC_URL = ""
    find_hold(hold=a_hold(), staff=make_staff(), now=NOW + timedelta(minutes=1))
    assert "http" not in said()
    assert "Your hold" not in said()
