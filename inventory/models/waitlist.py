"""The line of those who wait for a product that is not there."""

from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Q


class WaitlistEntry(models.Model):
    """Somebody who waits for a product in one of some stores; the line is first come, first served.

    Who asked to have it kept is served with a hold; who asked only to be told hears of pieces that nobody waits for.
    """

    class State(models.TextChoices):
        WAITING = "WAITING", "Waiting"
        OFFERED = "OFFERED", "Kept for him now"
        SERVED = "SERVED", "Served"
        LAPSED = "LAPSED", "Did not come"
        LEFT = "LEFT", "Left the line"

    class Wants(models.TextChoices):
        HOLD = "HOLD", "To have it kept aside"
        TELL = "TELL", "Only to be told"

    OPEN = (State.WAITING, State.OFFERED)

    public_id = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    customer = models.ForeignKey("customers.Customer", models.PROTECT, related_name="waits")
    product = models.ForeignKey("inventory.Product", models.PROTECT, related_name="waits", db_index=False)
    stores = models.ManyToManyField("customers.Store", related_name="+", help_text="Where he would fetch it.")
    quantity = models.PositiveSmallIntegerField(default=1)
    wants = models.CharField(max_length=4, choices=Wants, default=Wants.HOLD)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    hold = models.OneToOneField("inventory.Hold", models.PROTECT, null=True, blank=True, related_name="wait")
    joined_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "waitlist entries"
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "product"],
                condition=Q(state__in=["WAITING", "OFFERED"]),
                name="waits_once_per_product",
            ),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="waits_for_something"),
            models.CheckConstraint(condition=~Q(state="OFFERED") | Q(hold__isnull=False), name="wait_offered_has_hold"),
        ]
        indexes = [
            models.Index(fields=["product", "joined_at", "id"], condition=Q(state="WAITING"), name="waitlist_next")
        ]

    def __str__(self) -> str:
        return f"Wait {self.pk} ({self.state})"
