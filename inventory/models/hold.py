"""Items kept aside for a customer."""

import secrets

from django.conf import settings
from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Q

# Without 0, O, 1, I and L, which people misread and mishear.
CODE_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
CODE_LENGTH = 6


def new_code() -> str:
    """Six letters that the shopper says in the store."""
    return "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))


class Hold(models.Model):
    """An item kept aside for a customer until a deadline. Only IN_HAND says "come": somebody took it off the shelf."""

    class State(models.TextChoices):
        REQUESTED = "REQUESTED", "The store is looking for it"
        IN_HAND = "IN_HAND", "Kept aside"
        COLLECTED = "COLLECTED", "Collected"
        RELEASED = "RELEASED", "Given back by the customer"
        EXPIRED = "EXPIRED", "Not collected in time"
        NOT_FOUND = "NOT_FOUND", "Not found on the shelf"

    class Because(models.TextChoices):
        SHOPPER = "SHOPPER", "The shopper asked on the stock page"
        STAFF = "STAFF", "Staff asked for the customer"
        WAITLIST = "WAITLIST", "It came free for the next in line"
        ORDER = "ORDER", "An order to collect in the store"

    LIVE = (State.REQUESTED, State.IN_HAND)

    public_id = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    level = models.ForeignKey("inventory.StockLevel", models.PROTECT, related_name="holds")
    # The level's own: what a store has to look for is asked at every request, and must not walk through its levels.
    store = models.ForeignKey("customers.Store", models.PROTECT, related_name="+", db_index=False)
    customer = models.ForeignKey("customers.Customer", models.PROTECT, related_name="holds", db_index=False)
    quantity = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(max_length=10, choices=State, default=State.REQUESTED)
    because = models.CharField(max_length=10, choices=Because)
    code = models.CharField(max_length=8, default=new_code, help_text="What the shopper says in the store.")
    placed_at = models.DateTimeField()
    in_hand_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField()
    extended_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    # A collected hold took its piece out of the book; the till's receipt for it must not take another.
    sale_line = models.ForeignKey(
        "inventory.SaleLine", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gte=1), name="hold_of_something"),
            models.CheckConstraint(
                condition=Q(state__in=["REQUESTED", "IN_HAND"], ended_at=None)
                | (~Q(state__in=["REQUESTED", "IN_HAND"]) & Q(ended_at__isnull=False)),
                name="hold_ended_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["IN_HAND", "COLLECTED"]) | Q(in_hand_at__isnull=False),
                name="hold_in_hand_has_time",
            ),
            models.UniqueConstraint(
                fields=["level", "customer"],
                condition=Q(state__in=["REQUESTED", "IN_HAND"]),
                name="one_live_hold_per_customer",
            ),
        ]
        indexes = [
            models.Index(
                fields=["expires_at", "id"], condition=Q(state__in=["REQUESTED", "IN_HAND"]), name="hold_expiring"
            ),
            models.Index(fields=["customer", "-placed_at"], name="hold_of_customer"),
            models.Index(
                fields=["store", "expires_at"], condition=Q(state__in=["REQUESTED", "IN_HAND"]), name="hold_in_store"
            ),
            # What was given up lately, and what became of a code that somebody still shows.
            models.Index(
                fields=["store", "-ended_at"], condition=Q(ended_at__isnull=False), name="hold_ended_in_store"
            ),
            models.Index(fields=["level"], condition=Q(state="COLLECTED", sale_line=None), name="hold_awaits_receipt"),
        ]

    def __str__(self) -> str:
        return f"Hold {self.pk} ({self.state})"


class HoldEvent(models.Model):
    """One moment of a hold, with its row in the ledger."""

    class Kind(models.TextChoices):
        PLACED = "PLACED", "Placed"
        FOUND = "FOUND", "Found and put aside"
        EXTENDED = "EXTENDED", "Extended"
        COLLECTED = "COLLECTED", "Collected"
        RELEASED = "RELEASED", "Released"
        EXPIRED = "EXPIRED", "Expired"
        NOT_FOUND = "NOT_FOUND", "Not found"

    hold = models.ForeignKey(Hold, models.PROTECT, related_name="events")
    kind = models.CharField(max_length=10, choices=Kind)
    interaction = models.OneToOneField("customers.Interaction", models.PROTECT, related_name="+")
    staff = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    occurred_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.kind} hold {self.hold_id}"
