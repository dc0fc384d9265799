"""What shoppers ask a store before they drive."""

from django.conf import settings
from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Q


class StockQuestion(models.Model):
    """ "Is it really there?": a task on the store's screen with a deadline, answered in one tap."""

    class State(models.TextChoices):
        OPEN = "OPEN", "The store has not looked yet"
        YES = "YES", "It is there"
        NO = "NO", "It is not there"
        LAPSED = "LAPSED", "Nobody looked"

    public_id = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    level = models.ForeignKey("inventory.StockLevel", models.PROTECT, related_name="questions", db_index=False)
    store = models.ForeignKey("customers.Store", models.PROTECT, related_name="+", db_index=False)
    customer = models.ForeignKey("customers.Customer", models.PROTECT, related_name="+")
    state = models.CharField(max_length=6, choices=State, default=State.OPEN)
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    escalated_at = models.DateTimeField(null=True, blank=True, help_text="When the store's manager was told.")
    answered_at = models.DateTimeField(null=True, blank=True)
    staff = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    interaction = models.OneToOneField("customers.Interaction", models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["level", "customer"], condition=Q(state="OPEN"), name="one_open_question_per_customer"
            ),
            models.CheckConstraint(
                condition=Q(state="OPEN", answered_at=None) | (~Q(state="OPEN") & Q(answered_at__isnull=False)),
                name="question_answered_has_time",
            ),
        ]
        indexes = [
            models.Index(fields=["store", "due_at"], condition=Q(state="OPEN"), name="question_open"),
            models.Index(fields=["due_at"], condition=Q(state="OPEN", escalated_at=None), name="question_due"),
        ]

    def __str__(self) -> str:
        return f"Question {self.pk} ({self.state})"


class StoreTap(models.Model):
    """One tap of a clerk's, under its own id: a screen that was offline sends it again, and it counts once."""

    tap_id = models.UUIDField(primary_key=True, editable=False)
    store = models.ForeignKey("customers.Store", models.PROTECT, related_name="+")
    staff = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    verb = models.CharField(max_length=40)
    status = models.PositiveSmallIntegerField()
    answer = models.JSONField()
    tapped_at = models.DateTimeField(help_text="By the device's clock.")
    recorded_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["recorded_at"], name="store_tap_age"),
            # What was put back lately is asked for by every look at a screen; the other taps of a store are many.
            models.Index(fields=["store", "recorded_at"], condition=Q(verb="hold.shelved"), name="store_tap_shelved"),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.tap_id}"
