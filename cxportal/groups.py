"""The table of roles, written to Django's groups: one group per role, and each login in exactly its role's group."""

from django.contrib.auth.models import Group, Permission
from django.db import transaction

from cxportal.models import StaffMember
from cxportal.roles import ROLES, Role


class UnknownPermissionError(LookupError):
    """The table of roles names a permission that no model has."""


@transaction.atomic
def sync_groups() -> int:
    """Give each role's group exactly the permissions of the table, and each login its group; returns how many groups.

    Raises UnknownPermissionError for a name that does not exist: a typing error would be a right that nobody has.
    """
    known = {
        f"{app}.{codename}": pk
        for app, codename, pk in Permission.objects.values_list("content_type__app_label", "codename", "pk")
    }
    for role, rights in ROLES.items():
        if unknown := sorted(rights.permissions - known.keys()):
            raise UnknownPermissionError(f"{role}: no such permission: {', '.join(unknown)}")
        group, _ = Group.objects.get_or_create(name=role.value)
        group.permissions.set([known[name] for name in rights.permissions])
    for staff in StaffMember.objects.exclude(role=""):
        assign_role(staff)
    return len(ROLES)


def assign_role(staff: StaffMember) -> None:
    """Put a login into its role's group and no other; the administrator may enter the back office."""
    groups = Group.objects.filter(name=staff.role) if staff.role in ROLES else Group.objects.none()
    staff.groups.set(groups)
    if staff.is_staff != (staff.role == Role.ADMINISTRATOR):
        staff.is_staff = staff.role == Role.ADMINISTRATOR
        staff.save(update_fields=["is_staff"])
