"""A code on its way to a phone or an address: who types it has proved that it is his. No personal data here."""

import uuid
from datetime import datetime

from django.db import models
from django.db.models import Q

from customers.models.consent import Way

MOST_TRIES = 5


class ContactCodeQuerySet(models.QuerySet["ContactCode"]):
    """Codes in the words of the field."""

    def living(self, now: datetime) -> "ContactCodeQuerySet":
        """Codes that may still be tried."""
        return self.filter(expires_at__gt=now, tries__lt=MOST_TRIES)


class ContactCode(models.Model):
    """A code that was asked for. The address and the code itself are in the vault until it is used or over."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    way = models.CharField(max_length=8, choices=Way)
    # Of the mailbox: an address with a tag ends up in the same one.
    address_hash = models.BinaryField(max_length=32)
    client_hash = models.BinaryField(max_length=32, help_text="Where it was asked from, as a keyed hash.")
    code_hash = models.BinaryField(max_length=32)
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    # The outbox: empty once a worker has taken it. A code whose worker died is sent again by the shopper's wish only.
    due_at = models.DateTimeField(null=True, blank=True)
    sends = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)
    resent_at = models.DateTimeField(null=True, blank=True, help_text="When the shopper asked for it once more.")
    last_error = models.CharField(max_length=240, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    verified_at = models.DateTimeField(null=True, blank=True)
    customer = models.ForeignKey("customers.Customer", models.PROTECT, null=True, blank=True, related_name="+")

    objects = ContactCodeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(tries__lte=MOST_TRIES), name="contact_code_tried_so_often"),
            models.CheckConstraint(
                condition=Q(verified_at=None, customer=None)
                | (Q(verified_at__isnull=False) & Q(customer__isnull=False)),
                name="contact_code_verified_has_customer",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="contact_code_due"),
            models.Index(fields=["address_hash", "asked_at"], name="contact_code_of_address"),
            models.Index(fields=["client_hash", "asked_at"], name="contact_code_of_client"),
            models.Index(fields=["asked_at"], name="contact_code_age"),
        ]

    def __str__(self) -> str:
        return f"Code {self.pk} by {self.way}"
