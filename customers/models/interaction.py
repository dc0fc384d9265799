"""The ledger of what passed between a customer and the chain: appended to, never changed."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from customers.models.customer import Customer


class InteractionQuerySet(models.QuerySet["Interaction"]):
    """The ledger in the words of the field."""

    def purchases(self) -> "InteractionQuerySet":
        """Sales at a till or in a web shop."""
        return self.filter(kind=Interaction.Kind.SALE)

    def in_store(self, store_id: int) -> "InteractionQuerySet":
        """What happened in one store."""
        return self.filter(store_id=store_id)

    def since(self, moment: datetime) -> "InteractionQuerySet":
        """What happened at or after `moment`."""
        return self.filter(occurred_at__gte=moment)

    def of_person(self, customer: "Customer") -> "InteractionQuerySet":
        """Everything of one person, merged records included, newest first."""
        members = type(customer).objects.members_of(customer).values("pk")
        return self.filter(customer__in=members).order_by("-occurred_at", "-id")

    def newest(self) -> "InteractionQuerySet":
        """Newest first."""
        return self.order_by("-occurred_at", "-id")


class Interaction(models.Model):
    """One moment. The database refuses UPDATE and DELETE by trigger and by right."""

    class Kind(models.TextChoices):
        SALE = "SALE", "Purchase"
        RETURN = "RETURN", "Return"
        HOLD = "HOLD", "Hold"
        WAITLIST = "WAITLIST", "Waiting list"
        CONTACT = "CONTACT", "Contact"
        MESSAGE = "MESSAGE", "Message"
        SURVEY = "SURVEY", "Survey"
        CASE = "CASE", "Case"
        VISIT = "VISIT", "Visit"
        WEB = "WEB", "Web"
        RECORD = "RECORD", "Record"
        NOTE = "NOTE", "Note"

    class Direction(models.TextChoices):
        INBOUND = "IN", "From the customer"
        OUTBOUND = "OUT", "To the customer"
        INTERNAL = "NONE", "Inside the chain"

    kind = models.CharField(max_length=8, choices=Kind)
    direction = models.CharField(max_length=4, choices=Direction, default=Direction.INBOUND)
    customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, null=True, blank=True, related_name="interactions", db_index=False
    )
    store = models.ForeignKey(
        "customers.Store", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    channel = models.ForeignKey("customers.Channel", models.PROTECT, related_name="+", db_index=False)
    touchpoint = models.ForeignKey(
        "customers.Touchpoint", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    subject = models.CharField(max_length=80, blank=True, help_text="What it is about: order:123, case:88.")
    facts = models.JSONField(default=dict, blank=True, help_text="Never holds personal data.")
    source = models.ForeignKey("customers.Source", models.PROTECT, related_name="+", db_index=False)
    event_id = models.CharField(max_length=120, help_text="The source's own id for this event.")
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()

    objects = InteractionQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "event_id"], name="interaction_once_per_source")]
        indexes = [
            models.Index(
                fields=["customer", "-occurred_at"],
                condition=models.Q(customer__isnull=False),
                name="interaction_of_customer",
            ),
            models.Index(fields=["store", "-occurred_at"], name="interaction_in_store"),
            models.Index(fields=["-occurred_at", "-id"], name="interaction_newest"),
            models.Index(fields=["subject"], condition=~models.Q(subject=""), name="interaction_subject"),
            models.Index(
                fields=["touchpoint", "-occurred_at"],
                condition=models.Q(touchpoint__isnull=False),
                name="interaction_touchpoint",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}".strip()
