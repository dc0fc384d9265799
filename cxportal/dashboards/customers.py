"""Customers: find one, read what passed between us, reveal one field for a case."""

from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_safe

from customers import vault
from customers.models import Customer
from customers.permissions import needs
from customers.selectors import Place, Strand, people, timeline
from customers.vault import Purpose
from cxportal.dashboards.forms import ExactForm, NameForm, RevealForm
from cxportal.dashboards.keep_aside import KEEPS, keep_form, kept_for
from cxportal.dashboards.lookups import find_exactly, shared_words, spend_lookup
from cxportal.dashboards.person import OPEN_CASES, Person, chips_of, page_of, read_person
from cxportal.dashboards.posting import posted
from cxportal.dashboards.reads import day_key, days_of
from cxportal.dashboards.scope import actor_of, own_store_id, shown_name, sight_of
from cxportal.dashboards.words import clock
from inventory.money import money
from inventory.selectors.sales import recent_buyers
from journeys.models import Case

SEES_CUSTOMERS = "customers.view_customer"
PAGE = 30
RECENT = 20
NAMES_SHOWN = 20


@needs(SEES_CUSTOMERS)
@require_safe
def customers(request: HttpRequest) -> HttpResponse:
    """Where a search begins: the two forms and who bought most recently."""
    return _find_page(request)


@needs(SEES_CUSTOMERS)
@posted("customers")
def find(request: HttpRequest) -> HttpResponse:
    """Exact look-up. By POST, so that no number stands in an address, a log or a browser's history."""
    form = ExactForm(request.POST)
    if not form.is_valid():
        return _find_page(request, exact=form)
    try:
        spend_lookup(request.user, ["identifier"], now=timezone.now())
    except ValidationError as error:
        return _refused(request, error)
    found = find_exactly(form.cleaned_data["identifier"])
    if len(found) == 1:
        return redirect("customer", found[0].public_id)
    rows = [_row(customer, shown_name(customer, sight_of(request.user))) for customer in found]
    return _find_page(request, exact=form, found=rows, sharing=shared_words(form.cleaned_data["identifier"], len(rows)))


@needs("customers.find_by_name")
@posted("customers")
def find_by_name(request: HttpRequest) -> HttpResponse:
    """Search by name, typing errors allowed for. The search and every name shown are logged."""
    form = NameForm(request.POST)
    if not form.is_valid():
        return _find_page(request, by_name=form)
    try:
        spend_lookup(request.user, ["name"], now=timezone.now())
    except ValidationError as error:
        return _refused(request, error)
    return _find_page(request, by_name=form, found=_named(request.user, form.cleaned_data["name"]))


@needs(SEES_CUSTOMERS)
@require_safe
def customer(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One person: what passed between us, who she is, what she allowed, who looked."""
    person = read_person(public_id)
    if person.row.merged_into:
        return redirect("customer", person.row.merged_into.public_id)
    return _customer_page(request, person)


@needs(SEES_CUSTOMERS)
@require_GET
def timeline_part(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """More of the timeline, for the page that is open; nothing else of the person is read."""
    person = read_person(public_id)
    context = {"person": person, **_timeline(request, person)}
    return render(request, "dashboards/_customer_older.html", context)


@needs("customers.reveal_field")
@posted("customer")
def reveal(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show one field once, for an open case and with a reason; the vault writes it down before it answers."""
    person = read_person(public_id)
    form = RevealForm(request.POST)
    context: dict[str, Any] = {"person": person, "reveal_form": form}
    if form.is_valid():
        case = _open_case(person, form.cleaned_data["case"])
        if case is None:
            form.add_error("case", "No open case of this customer has this number. Without one nothing is shown.")
        else:
            context |= _revealed(request.user, person, form, case)
    form.lead_to_error()
    return render(request, "dashboards/customer_reveal.html", context)


def _customer_page(request: HttpRequest, person: Person) -> HttpResponse:
    now = timezone.now()
    context = page_of(person, request.user, now) | _timeline(request, person)
    context["chips"] = chips_of(context["extent"], context["strand"])
    if request.user.has_perm("customers.reveal_field"):
        context["reveal_form"] = RevealForm()
    if request.user.has_perm(KEEPS):
        context |= {"keep_form": keep_form(request.user, person=person), "kept": kept_for(person.ids, now)}
    return render(request, "dashboards/customer.html", context)


def _timeline(request: HttpRequest, person: Person) -> dict[str, Any]:
    """One page of the timeline and the way to the next; what the address says is checked, not trusted."""
    shown = request.GET.get("show", "")
    strand = Strand(shown) if shown in set(Strand) else Strand.ALL
    older_than = Place.read(request.GET.get("older", ""))
    rows = timeline(person.ids, strand, older_than, PAGE + 1)
    page, more = rows[:PAGE], len(rows) > PAGE
    query = ""
    if more:
        last = Place(page[-1].occurred_at, page[-1].pk)
        query = urlencode({"show": strand.value, "older": str(last), "day": day_key(page[-1], person.zone)})
    days = days_of(page, timezone.now(), person.zone, request.GET.get("day", "") if older_than else "")
    return {"strand": strand, "days": days, "older_query": query, "is_older": older_than is not None}


def _find_page(request: HttpRequest, **given: Any) -> HttpResponse:
    user = request.user
    context = {"exact": ExactForm(), "recent": [] if "found" in given else _recent(user)}
    if user.has_perm("customers.find_by_name"):
        context["by_name"] = NameForm()
    return render(request, "dashboards/customers.html", {**context, **given})


def _refused(request: HttpRequest, error: ValidationError) -> HttpResponse:
    context = {"exact": ExactForm(), "refused": error.messages[0]}
    return render(request, "dashboards/customers.html", context, status=429)


def _recent(user: Any) -> list[dict[str, str]]:
    buyers = recent_buyers(RECENT, now=timezone.now(), store_id=own_store_id(user))
    sales = {buyer.customer_id: buyer.sale for buyer in buyers}
    rows = Customer.objects.select_related("merged_into").in_bulk(sales)
    sight, listed = sight_of(user), []
    for pk, sale in sales.items():
        person = rows[pk].merged_into or rows[pk]
        at = clock(sale.sold_at, ZoneInfo(sale.store.time_zone))
        listed.append(
            _row(
                person, shown_name(person, sight), at=at, store=sale.store.name, total=money(sale.total, sale.currency)
            )
        )
    return listed


def _named(user: Any, name: str) -> list[dict[str, str]]:
    actor = actor_of(user)
    found = people(vault.find_by_name(actor, name, limit=NAMES_SHOWN))
    known = vault.read_many(actor, Purpose.FIND, [person.pk for person in found], ["name", "city"])
    shown = [(person, known.get(person.pk, {})) for person in found]
    return [_row(person, row.get("name", ""), city=row.get("city", "")) for person, row in shown]


def _row(customer: Customer, name: str, **more: str) -> dict[str, str]:
    home = customer.home_store.name if "at" not in more and customer.home_store else ""
    hint = customer.masked_phone or customer.masked_email
    url = reverse("customer", args=[customer.public_id])
    return {"name": name, "hint": hint, "home": home, "url": url, **more}


def _open_case(person: Person, number: str) -> Case | None:
    open_cases = Case.objects.filter(customer__in=person.ids, state__in=OPEN_CASES)
    return open_cases.filter(number__iexact=number.strip()).first()


def _revealed(user: Any, person: Person, form: RevealForm, case: Case) -> dict[str, str]:
    field, reason = form.cleaned_data["field"], form.cleaned_data["reason"]
    value = vault.reveal(actor_of(user), person.row.pk, field, case_id=case.pk, reason=reason)
    label = dict(form.fields["field"].choices)[field]  # type: ignore[attr-defined]
    return {"revealed_label": label, "revealed": value, "case_number": case.number}
