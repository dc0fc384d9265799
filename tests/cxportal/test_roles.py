"""Who may do what: the table, the groups it becomes, and what each role can not do."""

import pytest
from django.contrib.auth.models import Permission

from customers.models import Interaction
from cxportal.groups import UnknownPermissionError, assign_role, sync_groups
from cxportal.models import AuditEvent, StaffMember
from cxportal.roles import OUTSOURCED, ROLES, Role, RoleRights
from tests.database_rules import refused_by, refuses_change
from tests.factories import NOW, make_staff, make_store

each_role = pytest.mark.parametrize("role", list(Role))


def existing() -> set[str]:
    rows = Permission.objects.values_list("content_type__app_label", "codename")
    return {f"{app}.{codename}" for app, codename in rows}


def who_may(permission: str) -> set[Role]:
    return {role for role, rights in ROLES.items() if permission in rights.permissions}


@pytest.mark.django_db
@each_role
def test_every_right_in_the_table_exists(role: Role) -> None:
    assert ROLES[role].permissions - existing() == set()


@pytest.mark.django_db
@each_role
def test_nobody_may_more_than_the_table_says(role: Role) -> None:
    staff = make_staff(role)
    assert staff.get_all_permissions() == set(ROLES[role].permissions)
    assert not staff.is_superuser
    assert staff.is_staff == (role is Role.ADMINISTRATOR)


def test_every_role_is_in_the_table_and_has_a_name() -> None:
    assert list(ROLES) == list(Role)
    assert len({rights.label for rights in ROLES.values()}) == 12


def test_names_are_for_those_who_need_them() -> None:
    full = {Role.CX_HEAD, Role.VOC_MANAGER, Role.STORE_MANAGER, Role.AGENT, Role.AGENT_SUPERVISOR}
    assert who_may("customers.see_names") == full
    assert who_may("customers.find_by_name") == full
    assert who_may("customers.reveal_field") == {Role.OUTSOURCED_AGENT, Role.AGENT_SUPERVISOR}


def test_outsourced_agents_see_initials_and_can_not_search_names() -> None:
    seen = {"customers.see_names", "customers.see_masked_names", "customers.find_by_name"}
    for role in OUTSOURCED:
        assert ROLES[role].permissions & seen == set()
    assert frozenset({Role.OUTSOURCED_AGENT}) == OUTSOURCED


def test_the_back_office_and_its_rights_belong_to_administrators() -> None:
    assert who_may("cxportal.use_back_office") == {Role.ADMINISTRATOR}
    assert who_may("cxportal.change_staffmember") == {Role.ADMINISTRATOR}
    assert who_may("cxportal.add_apikey") == {Role.ADMINISTRATOR}


def test_no_right_leads_into_the_vault() -> None:
    sealed = ("identity", "accesslog", "messagecontent", "sourcepayload")
    named = {right for rights in ROLES.values() for right in rights.permissions if right.endswith(sealed)}
    assert named == set()


@pytest.mark.django_db
def test_the_vaults_tables_have_no_permissions_at_all() -> None:
    assert {right for right in existing() if right.endswith(("_identity", "_accesslog", "_messagecontent"))} == set()


@pytest.mark.django_db
def test_a_change_of_role_changes_the_rights() -> None:
    staff = make_staff(Role.ADMINISTRATOR)
    staff.role = Role.MARKETING
    staff.save()
    assign_role(staff)
    again = StaffMember.objects.get(pk=staff.pk)
    assert again.get_all_permissions() == set(ROLES[Role.MARKETING].permissions)
    assert not again.is_staff


@pytest.mark.django_db
def test_a_right_given_by_hand_is_taken_back_at_the_next_sync() -> None:
    staff = make_staff(Role.MARKETING)
    group = staff.groups.get()
    group.permissions.add(Permission.objects.get(codename="see_names"))
    assert sync_groups() == len(ROLES)
    assert StaffMember.objects.get(pk=staff.pk).get_all_permissions() == set(ROLES[Role.MARKETING].permissions)


@pytest.mark.django_db
def test_a_misspelt_right_is_an_error_not_a_right_that_nobody_has(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ROLES, Role.AGENT, RoleRights("Agent", frozenset({"customers.see_name"})))
    with pytest.raises(UnknownPermissionError, match=r"customers\.see_name$"):
        sync_groups()


@pytest.mark.django_db
@pytest.mark.parametrize("role", [Role.STORE_MANAGER, Role.STORE_CLERK])
def test_store_staff_have_a_store(role: Role) -> None:
    with refused_by("store_staff_has_store"):
        make_staff(role, store=None)
    assert make_staff(role, store=make_store()).store is not None


@pytest.mark.django_db
def test_outsourced_agents_have_an_agency() -> None:
    with refused_by("outsourced_has_agency"):
        make_staff(Role.OUTSOURCED_AGENT, agency="")


@pytest.mark.django_db
def test_the_audit_only_grows() -> None:
    event = AuditEvent.objects.create(verb="changed", target="store:1", occurred_at=NOW)
    refuses_change(lambda: AuditEvent.objects.update(verb="nothing"))
    refuses_change(event.delete)


@pytest.mark.django_db
def test_no_role_may_write_the_ledger_by_hand() -> None:
    """The administrator holds the right on paper; neither page nor database lets him."""
    writers = who_may("customers.change_interaction") | who_may("customers.delete_interaction")
    assert writers <= {Role.ADMINISTRATOR}
    refuses_change(lambda: Interaction.objects.update(subject="x"))
