"""The back office: everything outside the vault, quick on big tables, on the record."""

from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import connection
from django.db.models import Model
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from customers.backoffice import Grows, PortalAdmin, WrittenBySystem
from customers.backoffice.base import exact_match, named_fields
from customers.models import Interaction
from cxportal.keys import hash_key
from cxportal.models import ApiKey, AuditEvent, StaffMember
from cxportal.roles import Role
from inventory.models import Product, StockMovement
from journeys.models import JourneyMap, Stage
from surveys.models import Survey
from tests.cxportal.admin_rows import ROWS
from tests.factories import (
    make_api_key,
    make_discrepancy,
    make_interaction,
    make_level,
    make_map,
    make_product,
    make_question,
    make_sale,
    make_staff,
    make_store,
    make_survey,
)

pytestmark = pytest.mark.django_db

APPS = ("customers", "inventory", "journeys", "surveys", "cxportal")
MODELS = [
    model
    for app in APPS
    for model in apps.get_app_config(app).get_models()
    if model.__module__ != "customers.models.sealed"
]
# Few rows, ever: a plain list of choices is better than a number to look up.
SMALL = {"channel", "source", "touchpoint"}
GROWS = {"interaction", "consent", "stockmovement", "auditevent"}

each_model = pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)


@pytest.fixture
def administrator() -> StaffMember:
    return make_staff(Role.ADMINISTRATOR)


@pytest.fixture
def office(client: Client, administrator: StaffMember) -> Client:
    client.force_login(administrator)
    return client


def page(model: type[Model], name: str, *args: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{name}", args=args)


def admin_of(model: type[Model]) -> PortalAdmin:
    registered = admin.site.get_model_admin(model)
    assert isinstance(registered, PortalAdmin)
    return registered


@each_model
def test_every_model_outside_the_vault_is_in_the_back_office(model: type[Model]) -> None:
    assert admin.site.is_registered(model)
    assert isinstance(admin_of(model), PortalAdmin)


def test_no_model_of_the_vault_is() -> None:
    sealed = [model for model in apps.get_models() if model.__module__ == "customers.models.sealed"]
    assert len(sealed) >= 4
    assert [model for model in sealed if admin.site.is_registered(model)] == []


@each_model
def test_lists_take_as_many_statements_for_20_rows_as_for_1_and_count_nothing(
    office: Client, model: type[Model]
) -> None:
    make = ROWS[model._meta.label_lower]

    def statements() -> list[str]:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert office.get(page(model, "changelist")).status_code == 200
        # Whether there is demo data is asked once a minute, which may be now.
        return [query["sql"] for query in captured.captured_queries if "'DEMO'" not in query["sql"]]

    make()
    statements()  # content types and the like are remembered from here on
    with_one = statements()
    for _ in range(19):
        make()
    with_twenty = statements()
    assert len(with_twenty) == len(with_one) <= 8, "\n".join(with_twenty)
    assert [sql for sql in with_twenty if "COUNT(" in sql.upper()] == []


def test_the_control_a_list_without_select_related_is_noticed(office: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(admin_of(Interaction), "list_select_related", ("source",))
    with pytest.raises(AssertionError):
        test_lists_take_as_many_statements_for_20_rows_as_for_1_and_count_nothing(office, Interaction)


@each_model
def test_forms_open_for_the_administrator_as_far_as_they_are_offered(
    office: Client, administrator: StaffMember, model: type[Model]
) -> None:
    row = ROWS[model._meta.label_lower]()
    request = RequestFactory().get("/")
    request.user = administrator
    offered = admin_of(model).has_add_permission(request)
    assert office.get(page(model, "add")).status_code == (200 if offered else 403)
    assert office.get(page(model, "change", row.pk)).status_code == 200


@each_model
def test_what_the_system_writes_can_only_be_read(model: type[Model]) -> None:
    """Permissions are one thing; for these models the page does not exist for a superuser either."""
    request = RequestFactory().get("/")
    request.user = StaffMember(is_active=True, is_superuser=True, is_staff=True)
    back_office = admin_of(model)
    rights = [
        back_office.has_add_permission(request),
        back_office.has_change_permission(request),
        back_office.has_delete_permission(request),
    ]
    if isinstance(back_office, WrittenBySystem):
        assert rights == [False, False, False]
    assert isinstance(back_office, Grows) == (model._meta.model_name in GROWS)


@each_model
def test_no_form_lists_the_rows_of_a_big_table(model: type[Model]) -> None:
    back_office = admin_of(model)
    if isinstance(back_office, WrittenBySystem):
        return
    looked_up = {*back_office.autocomplete_fields, *back_office.raw_id_fields, *back_office.readonly_fields}
    listed = {
        field.name
        for field in [*model._meta.fields, *model._meta.many_to_many]
        if isinstance(field.related_model, type) and field.related_model._meta.model_name not in SMALL
    }
    open_lists = listed - looked_up - {"groups", "user_permissions"}
    assert open_lists == set()


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_other_roles_are_told_no(client: Client, role: Role) -> None:
    client.force_login(make_staff(role))
    assert client.get(reverse("admin:index"), follow=True).status_code == 403


def test_a_staff_flag_alone_opens_nothing(client: Client) -> None:
    client.force_login(make_staff(Role.MARKETING, is_staff=True))
    assert client.get(page(Interaction, "changelist"), follow=True).status_code == 403


def test_strangers_are_sent_to_the_portals_own_login(client: Client) -> None:
    answer = client.get(reverse("admin:index"), follow=True)
    assert answer.redirect_chain[-1][0] == f"{reverse('login')}?next={reverse('admin:index')}"


def test_a_till_key_is_shown_once_and_kept_as_a_hash(office: Client) -> None:
    store = make_store()
    answer = office.post(page(ApiKey, "add"), {"store": store.pk, "name": "Till 7"})
    key = ApiKey.objects.get()
    raw = answer.context["api_key"].shown_once
    assert bytes(key.key_hash) == hash_key(raw)
    assert raw.startswith(key.prefix)
    assert raw.encode() in answer.content
    assert "no-store" in answer["Cache-Control"]
    assert raw.encode() not in office.get(page(ApiKey, "change", key.pk)).content
    assert raw not in str(AuditEvent.objects.values_list("fields", "target"))


def test_a_key_can_be_revoked_and_stays_so(office: Client) -> None:
    key, _ = make_api_key(make_store())
    office.post(
        page(ApiKey, "change", key.pk), {"name": "Till 1", "revoked_at_0": "2026-03-04", "revoked_at_1": "12:00"}
    )
    key.refresh_from_db()
    assert key.revoked_at is not None
    office.post(page(ApiKey, "change", key.pk), {"name": "Till 1", "revoked_at_0": "", "revoked_at_1": ""})
    key.refresh_from_db()
    assert key.revoked_at is not None


def record() -> list[tuple[str, str, list[str]]]:
    return list(AuditEvent.objects.order_by("id").values_list("verb", "target", "fields"))


def test_changes_are_on_record_by_field_names_without_values(office: Client, administrator: StaffMember) -> None:
    product = make_product(name="Lamp")
    form = {"sku": product.sku, "name": "Secret lamp", "price": "12.00", "currency": "USD", "is_active": "on"}
    office.post(page(Product, "change", product.pk), form)
    assert record() == [("changed", f"product:{product.pk}", ["name", "price"])]
    assert AuditEvent.objects.get().staff == administrator


def test_an_addition_is_on_record(office: Client) -> None:
    office.post(page(Product, "add"), {"sku": "A1", "name": "Lamp", "price": "12.00", "currency": "USD"})
    assert record() == [("added", f"product:{Product.objects.get().pk}", [])]


def test_rows_of_a_table_inside_the_form_are_on_record(office: Client) -> None:
    journey = make_map(code="first")
    stages = {
        "stages-TOTAL_FORMS": "1",
        "stages-INITIAL_FORMS": "0",
        "stages-0-position": "1",
        "stages-0-name": "Search",
    }
    form = {"code": "first", "version": "1", "name": "First purchase", "state": "DRAFT", **stages}
    assert office.post(page(JourneyMap, "change", journey.pk), form).status_code == 302
    assert record() == [("changed", f"journeymap:{journey.pk}", ["stage"])]


def test_a_deletion_is_on_record(office: Client) -> None:
    journey = make_map()
    office.post(page(JourneyMap, "delete", journey.pk), {"post": "yes"})
    assert record() == [("deleted", f"journeymap:{journey.pk}", [])]


def test_a_new_password_is_on_record(office: Client) -> None:
    staff = make_staff(Role.AGENT)
    form = {"password1": "long-enough-42", "password2": "long-enough-42", "usable_password": "true"}
    office.post(reverse("admin:auth_user_password_change", args=[staff.pk]), form)
    assert [row[:2] for row in record()] == [("changed", f"staffmember:{staff.pk}")]


def test_a_new_role_brings_its_rights_and_takes_the_former_ones(office: Client) -> None:
    staff = make_staff(Role.AGENT, username="kim")
    form = {"username": "kim", "role": "MARKETING", "agency": "", "is_active": "on"}
    assert office.post(page(StaffMember, "change", staff.pk), form).status_code == 302
    assert list(staff.groups.values_list("name", flat=True)) == ["MARKETING"]


def test_nobody_gives_himself_another_role(office: Client, administrator: StaffMember) -> None:
    office.post(page(StaffMember, "change", administrator.pk), {"username": "me", "role": "CX_HEAD", "is_active": "on"})
    administrator.refresh_from_db()
    assert administrator.role == Role.ADMINISTRATOR


@pytest.mark.parametrize(("role", "field"), [("STORE_CLERK", "store"), ("OUTSOURCED_AGENT", "agency")])
def test_what_a_role_needs_is_said_at_its_field(office: Client, role: str, field: str) -> None:
    form = {"username": "kim", "usable_password": "false", "role": role}
    assert list(office.post(page(StaffMember, "add"), form).context["adminform"].form.errors) == [field]


def test_a_published_version_only_retires(office: Client) -> None:
    survey = make_survey(name="As asked")
    make_question(survey)
    questions = {"questions-TOTAL_FORMS": "0", "questions-INITIAL_FORMS": "0"}
    form = {"code": survey.code, "version": "1", "name": "As asked", "kind": "NPS", "state": "PUBLISHED", **questions}
    office.post(page(Survey, "change", survey.pk), form)
    survey.refresh_from_db()
    assert (survey.state, survey.published_at is not None) == ("PUBLISHED", True)
    office.post(page(Survey, "change", survey.pk), {**form, "name": "Quite another", "state": "RETIRED"})
    survey.refresh_from_db()
    assert (survey.state, survey.name) == ("RETIRED", "As asked")
    assert office.post(page(Survey, "delete", survey.pk), {"post": "yes"}).status_code == 403


def test_stages_of_a_published_map_are_fixed(office: Client) -> None:
    journey = make_map(state="PUBLISHED", published_at="2026-03-04T12:00Z")
    stage = Stage.objects.create(map=journey, position=1, name="Search")
    assert office.post(page(Stage, "change", stage.pk), {"name": "Other"}).status_code == 403


def test_a_discrepancy_is_settled_by_an_explanation(office: Client) -> None:
    found = make_discrepancy()
    form = {"settled_at_0": "2026-03-05", "settled_at_1": "09:00", "explanation": "Late delivery", "missing": "99"}
    office.post(page(type(found), "change", found.pk), form)
    found.refresh_from_db()
    assert (found.missing, found.explanation) == (2, "Late delivery")


Search = tuple[str, Callable[[], tuple[Model, str]]]


def _movement() -> tuple[Model, str]:
    level = make_level(on_hand=3)
    return level.movements.get(), level.product.sku


def _sale() -> tuple[Model, str]:
    sale = make_sale()
    return sale, sale.receipt


def _entry() -> tuple[Model, str]:
    return make_interaction(subject="order:7"), "order:7"


def _product() -> tuple[Model, str]:
    return make_product(name="Standing desk lamp"), "desk la"


@pytest.mark.parametrize("make", [_movement, _sale, _entry, _product])
def test_search_finds_by_exact_value_only(office: Client, make: Callable[[], tuple[Model, str]]) -> None:
    make()
    row, term = make()
    found = office.get(page(type(row), "changelist"), {"q": term}).context["cl"].result_list
    assert row in list(found)
    assert list(office.get(page(type(row), "changelist"), {"q": "nothing-like-it"}).context["cl"].result_list) == []


def test_a_term_that_no_field_can_hold_finds_nothing() -> None:
    assert exact_match(StockMovement, "level__product__sku", "A1") is not None
    assert exact_match(Interaction, "customer__public_id", "no uuid") is None


def test_named_fields_reads_djangos_change_message() -> None:
    message = [{"changed": {"fields": ["name"]}}, {"added": {"name": "stage", "object": "stage:1"}}]
    assert named_fields(message) == ["name", "stage"]
    assert named_fields("a text of somebody else's") == []


def test_times_are_read_on_24_hours_and_name_their_clock(office: Client) -> None:
    survey = make_survey(state="PUBLISHED", published_at="2026-03-04T17:05Z")
    assert "4 Mar 2026, 17:05 UTC" in office.get(page(Survey, "change", survey.pk)).content.decode()
    store = make_store(time_zone="America/New_York")
    sale = make_sale(store=store, sold_at="2026-03-01T22:05Z")
    assert "1 Mar 2026, 17:05 EST" in office.get(page(type(sale), "changelist")).content.decode()


def test_a_moment_to_be_typed_says_by_which_clock(office: Client) -> None:
    key, _ = make_api_key(make_store())
    assert "By the clock of UTC." in office.get(page(ApiKey, "change", key.pk)).content.decode()
