"""People who work with the portal."""

from django.contrib.auth.models import AbstractUser
from django.db import models

from cxportal.roles import ROLES, Role

ROLE_CHOICES = [(role.value, ROLES[role].label) for role in Role]


class StaffMember(AbstractUser):
    """A login with one role; store staff belong to a store, outsourced agents to an agency."""

    role = models.CharField(max_length=24, choices=ROLE_CHOICES)
    store = models.ForeignKey("customers.Store", models.PROTECT, null=True, blank=True, related_name="+")
    agency = models.CharField(max_length=80, blank=True)

    class Meta(AbstractUser.Meta):
        verbose_name = "staff member"
        verbose_name_plural = "staff members"
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(role__in=["STORE_MANAGER", "STORE_CLERK"]) | models.Q(store__isnull=False),
                name="store_staff_has_store",
            ),
            models.CheckConstraint(
                condition=~models.Q(role="OUTSOURCED_AGENT") | ~models.Q(agency=""), name="outsourced_has_agency"
            ),
        ]
        permissions = [
            ("view_today", "May see today's sales, stock alerts and the live ledger"),
            ("view_calibration", "May see how right our words about shelves are"),
            ("view_styleguide", "May see the style guide"),
            ("use_back_office", "May work in the back office"),
        ]

    def __str__(self) -> str:
        return self.get_full_name() or self.username

    @property
    def role_label(self) -> str:
        """The role in words."""
        return self.get_role_display()
