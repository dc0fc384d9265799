"""Everything the chain says to one recipient: intent, decision and delivery in one row. The table is the outbox."""

from datetime import datetime

from django.conf import settings
from django.db import models

from customers.models.consent import PURPOSES, Way


class MessageQuerySet(models.QuerySet["Message"]):
    """Messages in the words of the field."""

    def due(self, now: datetime) -> "MessageQuerySet":
        """What may be delivered at `now`: waiting, or left behind by a worker that died."""
        return self.filter(state__in=Message.OPEN_STATES, due_at__lte=now).order_by("due_at", "id")

    def of_person(self, customer_ids: list[int]) -> "MessageQuerySet":
        """Newest first, for a person's rows."""
        return self.filter(customer__in=customer_ids).order_by("-created_at", "-id")


class Message(models.Model):
    """One message to one recipient. Text and address are in the vault (MessageContent)."""

    class State(models.TextChoices):
        QUEUED = "QUEUED", "Waiting to go"
        SENDING = "SENDING", "On its way"
        SENT = "SENT", "Sent"
        MERGED = "MERGED", "Said in another message"
        DROPPED = "DROPPED", "Not sent"
        UNCERTAIN = "UNCERTAIN", "Perhaps sent, not repeated"
        DEAD = "DEAD", "Given up"

    class Decision(models.TextChoices):
        SEND = "SEND", "Send"
        MERGE = "MERGE", "Merge"
        HOLD = "HOLD", "Hold back"
        DROP = "DROP", "Drop"

    OPEN_STATES = (State.QUEUED, State.SENDING)

    customer = models.ForeignKey("customers.Customer", models.PROTECT, null=True, blank=True, related_name="messages")
    staff = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    purpose = models.CharField(max_length=12, choices=PURPOSES)
    kind = models.SlugField(max_length=60, help_text="Which text: templates/messages/<kind>.txt")
    subject = models.CharField(max_length=80, blank=True, help_text="What it is about: order:123, hold:88.")
    facts = models.JSONField(default=dict, blank=True, help_text="Fills the text. Never holds personal data.")
    way = models.CharField(max_length=8, choices=Way, blank=True)
    asked_for = models.BooleanField(default=False, help_text="The customer waits for this answer, at night too.")
    dedupe_key = models.CharField(max_length=160, unique=True)
    decision = models.CharField(max_length=6, choices=Decision)
    reason = models.CharField(max_length=240, help_text="Why so, in a sentence for the customer's timeline.")
    state = models.CharField(max_length=10, choices=State)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="merged")
    due_at = models.DateTimeField(help_text="Not before; while a worker has it: until when it has it.")
    tries = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=240, blank=True)
    provider_id = models.CharField(max_length=160, blank=True)
    interaction = models.OneToOneField("customers.Interaction", models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(customer__isnull=True, staff__isnull=False)
                | models.Q(customer__isnull=False, staff__isnull=True),
                name="message_to_exactly_one",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="SENT") | models.Q(sent_at__isnull=False), name="message_sent_has_time"
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at", "id"], condition=models.Q(state__in=["QUEUED", "SENDING"]), name="message_due"
            ),
            models.Index(fields=["customer", "-created_at"], name="message_of_customer"),
            models.Index(fields=["-created_at"], condition=models.Q(state="DEAD"), name="message_dead"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} ({self.state})"
