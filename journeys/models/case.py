"""What a customer needs from us, from the first word to the last."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class Case(models.Model):
    """One matter of one customer. `subject` joins it with the ledger rows about the same thing."""

    class State(models.TextChoices):
        OPEN = "OPEN", "Open"
        WAITING = "WAITING", "Waiting for the customer"
        SOLVED = "SOLVED", "Solved"
        CLOSED = "CLOSED", "Closed"

    class Priority(models.IntegerChoices):
        NORMAL = 1, "Normal"
        HIGH = 2, "High"
        URGENT = 3, "Urgent"

    number = models.CharField(max_length=20, unique=True)
    customer = models.ForeignKey("customers.Customer", models.PROTECT, related_name="cases")
    store = models.ForeignKey("customers.Store", models.PROTECT, null=True, blank=True, related_name="+")
    product = models.ForeignKey("inventory.Product", models.PROTECT, null=True, blank=True, related_name="+")
    subject = models.CharField(max_length=80, blank=True, help_text="What it is about: order:123.")
    reason_group = models.SlugField(max_length=60)
    is_complaint = models.BooleanField(default=False)
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    priority = models.PositiveSmallIntegerField(choices=Priority, default=Priority.NORMAL)
    assigned_to = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    opened_at = models.DateTimeField()
    promised_at = models.DateTimeField(null=True, blank=True, help_text="When we said we would answer.")
    first_reply_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="CLOSED") | Q(closed_at__isnull=False), name="case_closed_has_time"
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "-opened_at"], name="case_of_customer"),
            models.Index(fields=["-priority", "opened_at"], condition=Q(state="OPEN"), name="case_queue"),
        ]

    def __str__(self) -> str:
        return f"Case {self.number}"


class CaseEvent(models.Model):
    """One moment of a case, with its row in the ledger. The raw text of a note is in the vault."""

    class Kind(models.TextChoices):
        OPENED = "OPENED", "Opened"
        CONTACT = "CONTACT", "Contact"
        REPLY = "REPLY", "Reply"
        NOTE = "NOTE", "Note"
        ASSIGNED = "ASSIGNED", "Assigned"
        SOLVED = "SOLVED", "Solved"
        CLOSED = "CLOSED", "Closed"
        REOPENED = "REOPENED", "Opened again"

    case = models.ForeignKey(Case, models.PROTECT, related_name="events")
    kind = models.CharField(max_length=8, choices=Kind)
    interaction = models.OneToOneField("customers.Interaction", models.PROTECT, related_name="+")
    staff = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    redacted_text = models.TextField(blank=True)
    occurred_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["case", "occurred_at"], name="case_event_of_case")]

    def __str__(self) -> str:
        return f"{self.kind} of case {self.case_id}"
