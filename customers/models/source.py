"""Where a record came from: the till, the web shop, an import, the call centre."""

from django.db import models


class Source(models.Model):
    """A system or file that tells us something; its trust decides which value wins."""

    class Kind(models.TextChoices):
        TILL = "TILL", "Till"
        WEB_SHOP = "WEB_SHOP", "Web shop"
        CALL_CENTRE = "CALL_CENTRE", "Call centre"
        IMPORT = "IMPORT", "Import"
        SURVEY = "SURVEY", "Survey"
        STAFF = "STAFF", "Staff"
        PORTAL = "PORTAL", "This portal"
        DEMO = "DEMO", "Simulated for the demo"

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=12, choices=Kind)
    trust = models.PositiveSmallIntegerField(default=50, help_text="0 to 100; the higher wins when values differ.")

    class Meta:
        ordering = ["name"]
        constraints = [models.CheckConstraint(condition=models.Q(trust__lte=100), name="source_trust_to_100")]

    def __str__(self) -> str:
        return self.name


class SourceRecord(models.Model):
    """One record as a source sent it: where it went and why. Its payload lies in the vault."""

    class Outcome(models.TextChoices):
        NEW = "NEW", "Made a new customer"
        SAME = "SAME", "Same as a known customer"
        REVIEW = "REVIEW", "Waits for a person"
        REFUSED = "REFUSED", "Refused"

    source = models.ForeignKey(Source, models.PROTECT, related_name="records")
    external_id = models.CharField(max_length=120)
    payload_digest = models.CharField(max_length=64, help_text="SHA-256 of the payload: an unchanged one is skipped.")
    customer = models.ForeignKey("customers.Customer", models.PROTECT, null=True, blank=True, related_name="records")
    outcome = models.CharField(max_length=8, choices=Outcome)
    reason = models.CharField(max_length=240, blank=True, help_text="Never holds personal data.")
    received_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "external_id"], name="record_once_per_source"),
            models.CheckConstraint(
                condition=models.Q(customer__isnull=False) | models.Q(outcome__in=["REVIEW", "REFUSED"]),
                name="record_taken_in_has_customer",
            ),
        ]
        indexes = [
            models.Index(fields=["received_at"], condition=models.Q(outcome="REVIEW"), name="record_waits_for_review")
        ]

    def __str__(self) -> str:
        return f"{self.source_id}:{self.external_id}"
