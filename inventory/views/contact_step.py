"""The step before every promise: for whom? A phone or an address, the code that proves it, then the promise itself.

All steps have one address, so that a reload, a step back and a page without JavaScript do the same. What was chosen
travels in the address; who was proven stays in a signed cookie for half a day.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from customers.callers import address_of
from customers.models import Customer
from customers.services.contact import ask_code, confirm_code, demo_code, resend_code
from inventory.promise_forms import CodeForm, ContactForm, NothingForm
from inventory.promise_page import Refusal, plain_refusal

COOKIE = "cx_contact"
SALT = "cx.contact"
KEPT_SECONDS = 12 * 60 * 60
CONFLICT = 409

Chosen = Mapping[str, Any]


def _nothing(given: QueryDict | None) -> forms.Form:
    return NothingForm(given)


def _refuse(error: ValidationError, customer: Customer) -> Refusal:
    return plain_refusal(error)


@dataclass(frozen=True)
class Promise:
    """One kind of promise: its page, what there is to choose, and what is done once we know for whom.

    `keep` does it and returns the address of its page; `refuse` puts the ValidationError that it raises into words.
    """

    template: str
    keep: Callable[[Customer, Chosen], str]
    context: Mapping[str, Any] = field(default_factory=dict)
    choices: Callable[[QueryDict | None], forms.Form] = _nothing
    refuse: Callable[[ValidationError, Customer], Refusal] = _refuse


def known_customer(request: HttpRequest) -> Customer | None:
    """Who proved a contact on this device within half a day; after a merge the survivor."""
    public_id = request.get_signed_cookie(COOKIE, default="", salt=SALT, max_age=KEPT_SECONDS)
    found = Customer.objects.select_related("merged_into").filter(public_id=public_id) if public_id else []
    for customer in found:
        person = customer.merged_into or customer
        return None if person.is_erased else person
    return None


def remember(response: HttpResponse, customer: Customer) -> HttpResponse:
    """Spare this device the next code."""
    response.set_signed_cookie(
        COOKIE,
        str(customer.public_id),
        salt=SALT,
        max_age=KEPT_SECONDS,
        path=reverse("stock"),
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return response


def forget(response: HttpResponse) -> HttpResponse:
    """This device knows nobody any more."""
    response.delete_cookie(COOKIE, path=reverse("stock"), samesite="Lax")
    return response


def walk(request: HttpRequest, promise: Promise) -> HttpResponse:
    """The next step of a promise, whichever it is."""
    step = STEPS.get(request.POST.get("step", "")) if request.method == "POST" else None
    return step(request, promise) if step else _show(request, promise)


def _contact(request: HttpRequest, promise: Promise) -> HttpResponse:
    """Send a code, and go where it is typed."""
    form, choices = ContactForm(request.POST), promise.choices(request.POST)
    if not (form.is_valid() and choices.is_valid()):
        return _show(request, promise, contact_form=form, choices=choices)
    try:
        row = ask_code(
            way=form.way, address=form.cleaned_data["contact"], client=address_of(request), now=timezone.now()
        )
    except ValidationError as error:
        form.add_error("contact", error.messages[0])
        return _show(request, promise, contact_form=form, choices=choices)
    # What the page was asked with stays, for the choices may depend on it.
    asked = {name: request.GET.getlist(name) for name in request.GET}
    chosen = {name: request.POST.getlist(name) for name in choices.fields}
    return redirect(f"{request.path}?{urlencode({**asked, **chosen, 'check': row.public_id}, doseq=True)}")


def _code(request: HttpRequest, promise: Promise) -> HttpResponse:
    """Whoever types the code has the phone: the promise is made at once."""
    form, check = CodeForm(request.POST), _check(request)
    if check is None or not form.is_valid():
        return _show(request, promise, code_form=form)
    try:
        customer = confirm_code(public_id=check, code=form.cleaned_data["code"], now=timezone.now())
    except ValidationError as error:
        form.add_error("code", error.messages[0])
        return _show(request, promise, code_form=form)
    return remember(_keep(request, promise, customer, promise.choices(request.GET)), customer)


def _again(request: HttpRequest, promise: Promise) -> HttpResponse:
    """Send the same code once more."""
    check, note = _check(request), "Sent once more."
    if check is not None:
        try:
            resend_code(public_id=check, now=timezone.now())
        except ValidationError as error:
            note = error.messages[0]
    return _show(request, promise, note=note)


def _do(request: HttpRequest, promise: Promise) -> HttpResponse:
    """One tap for somebody whom this device knows."""
    customer = known_customer(request)
    if customer is None:
        return _show(request, promise)
    return _keep(request, promise, customer, promise.choices(request.POST))


STEPS: dict[str, Callable[[HttpRequest, Promise], HttpResponse]] = {
    "contact": _contact,
    "code": _code,
    "again": _again,
    "do": _do,
}


def _keep(request: HttpRequest, promise: Promise, customer: Customer, choices: forms.Form) -> HttpResponse:
    if not choices.is_valid():
        return _show(request, promise, customer=customer, choices=choices)
    try:
        return redirect(promise.keep(customer, choices.cleaned_data))
    except ValidationError as error:
        refusal = promise.refuse(error, customer)
        return _show(request, promise, customer=customer, choices=choices, refusal=refusal, status=CONFLICT)


def store_code(given: QueryDict) -> str:
    """The store that was named; empty when it is nothing that a store may be called."""
    code: str = given.get("store", "")
    return code if code.isprintable() else ""


def _check(request: HttpRequest) -> UUID | None:
    try:
        return UUID(request.GET.get("check", ""))
    except ValueError:
        return None


def _show(request: HttpRequest, promise: Promise, *, status: int = 200, **shown: Any) -> HttpResponse:
    """The page at the step where it stands."""
    customer = shown.get("customer") or known_customer(request)
    check = None if customer else _check(request)
    context = {
        **promise.context,
        "step": "do" if customer else "code" if check else "contact",
        "contact_words": customer and (customer.masked_email or customer.masked_phone),
        "contact_form": ContactForm(),
        "code_form": CodeForm(),
        "choices": promise.choices(request.GET if check else None),
        "demo_code": demo_code(public_id=check, now=timezone.now()) if check else "",
        **shown,
    }
    return render(request, promise.template, context, status=status)
