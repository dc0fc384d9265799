"""Items kept aside for a customer, and the line of those who wait for one."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class Hold(models.Model):
    """An item kept aside for a customer until a deadline."""

    class State(models.TextChoices):
        ACTIVE = "ACTIVE", "Kept aside"
        COLLECTED = "COLLECTED", "Collected"
        RELEASED = "RELEASED", "Given back by the customer"
        EXPIRED = "EXPIRED", "Not collected in time"
        NOT_FOUND = "NOT_FOUND", "Not found on the shelf"

    class Because(models.TextChoices):
        SHOPPER = "SHOPPER", "The shopper asked on the stock page"
        STAFF = "STAFF", "Staff asked for the customer"
        WAITLIST = "WAITLIST", "It came free for the next in line"
        ORDER = "ORDER", "An order to collect in the store"

    level = models.ForeignKey("inventory.StockLevel", models.PROTECT, related_name="holds")
    customer = models.ForeignKey("customers.Customer", models.PROTECT, related_name="holds")
    quantity = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(max_length=10, choices=State, default=State.ACTIVE)
    because = models.CharField(max_length=10, choices=Because)
    placed_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gte=1), name="hold_of_something"),
            models.CheckConstraint(
                condition=Q(state="ACTIVE", ended_at=None) | (~Q(state="ACTIVE") & Q(ended_at__isnull=False)),
                name="hold_ended_has_time",
            ),
            models.UniqueConstraint(
                fields=["level", "customer"], condition=Q(state="ACTIVE"), name="one_live_hold_per_customer"
            ),
        ]
        indexes = [models.Index(fields=["expires_at"], condition=Q(state="ACTIVE"), name="hold_expiring")]

    def __str__(self) -> str:
        return f"Hold {self.pk} ({self.state})"


class HoldEvent(models.Model):
    """One moment of a hold, with its row in the ledger."""

    class Kind(models.TextChoices):
        PLACED = "PLACED", "Placed"
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


class WaitlistEntry(models.Model):
    """Somebody who waits for a product; the line is first come, first served."""

    class State(models.TextChoices):
        WAITING = "WAITING", "Waiting"
        OFFERED = "OFFERED", "Offered"
        SERVED = "SERVED", "Served"
        LAPSED = "LAPSED", "Did not answer"
        LEFT = "LEFT", "Left the line"

    customer = models.ForeignKey("customers.Customer", models.PROTECT, related_name="waits")
    product = models.ForeignKey("inventory.Product", models.PROTECT, related_name="waits", db_index=False)
    store = models.ForeignKey(
        "customers.Store", models.PROTECT, null=True, blank=True, related_name="+", help_text="Empty: any store near."
    )
    quantity = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    hold = models.OneToOneField(Hold, models.PROTECT, null=True, blank=True, related_name="+")
    joined_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "waitlist entries"
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "product", "store"],
                condition=Q(state__in=["WAITING", "OFFERED"]),
                nulls_distinct=False,
                name="waits_once_per_product",
            ),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="waits_for_something"),
        ]
        indexes = [
            models.Index(fields=["product", "joined_at", "id"], condition=Q(state="WAITING"), name="waitlist_next")
        ]

    def __str__(self) -> str:
        return f"Wait {self.pk} ({self.state})"
