"""Who was asked about which moment, and what he answered."""

from django.db import models
from django.db.models import Q


class Invitation(models.Model):
    """A question about ONE interaction. The token itself is never stored, only its SHA-256."""

    class State(models.TextChoices):
        PLANNED = "PLANNED", "Planned"
        SENT = "SENT", "Sent"
        ANSWERED = "ANSWERED", "Answered"
        DECLINED = "DECLINED", "Declined"
        EXPIRED = "EXPIRED", "Expired"

    survey = models.ForeignKey("surveys.Survey", models.PROTECT, related_name="invitations")
    customer = models.ForeignKey("customers.Customer", models.PROTECT, related_name="invitations")
    interaction = models.ForeignKey("customers.Interaction", models.PROTECT, related_name="+")
    message = models.OneToOneField("customers.Message", models.PROTECT, null=True, blank=True, related_name="+")
    token_hash = models.BinaryField(max_length=32, unique=True)
    state = models.CharField(max_length=8, choices=State, default=State.PLANNED)
    draft = models.JSONField(default=dict, blank=True, help_text="Choices given so far. Never free text.")
    invited_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["survey", "interaction"], name="asked_once_about_one_moment"),
        ]
        indexes = [
            models.Index(fields=["customer", "-invited_at"], name="invitation_of_customer"),
            models.Index(fields=["expires_at"], condition=Q(state__in=["PLANNED", "SENT"]), name="invitation_expiring"),
        ]

    def __str__(self) -> str:
        return f"Invitation {self.pk} ({self.state})"


class Response(models.Model):
    """One filled-in survey. Kiosk and store code have no invitation."""

    survey = models.ForeignKey("surveys.Survey", models.PROTECT, related_name="responses")
    invitation = models.OneToOneField(Invitation, models.PROTECT, null=True, blank=True, related_name="response")
    interaction = models.OneToOneField(
        "customers.Interaction", models.PROTECT, null=True, blank=True, related_name="+", help_text="Empty: anonymous."
    )
    store = models.ForeignKey("customers.Store", models.PROTECT, null=True, blank=True, related_name="+")
    channel = models.ForeignKey("customers.Channel", models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["survey", "-submitted_at"], name="response_to_survey"),
            models.Index(fields=["store", "-submitted_at"], name="response_in_store"),
        ]

    def __str__(self) -> str:
        return f"Response {self.pk}"


class Answer(models.Model):
    """The raw integer with the scale it was given on, or a redacted text."""

    response = models.ForeignKey(Response, models.CASCADE, related_name="answers")
    question = models.ForeignKey("surveys.Question", models.PROTECT, related_name="answers")
    value = models.SmallIntegerField(null=True, blank=True)
    scale_min = models.SmallIntegerField(null=True, blank=True)
    scale_max = models.SmallIntegerField(null=True, blank=True)
    higher_is_better = models.BooleanField(default=True)
    metric = models.CharField(max_length=20, blank=True)
    choice = models.CharField(max_length=120, blank=True)
    redacted_text = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["response", "question"], name="answered_once"),
            models.CheckConstraint(
                condition=Q(value=None)
                # A comparison with NULL is no refusal: the ends must be there.
                | Q(
                    scale_min__isnull=False,
                    scale_max__isnull=False,
                    value__gte=models.F("scale_min"),
                    value__lte=models.F("scale_max"),
                ),
                name="answer_on_its_scale",
            ),
        ]

    def __str__(self) -> str:
        return f"Answer {self.pk}"
