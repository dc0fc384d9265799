"""What a customer allowed, and how she likes to be reached."""

from django.db import models

from customers.governance import Purpose

PURPOSES = [(p.value, p.value.capitalize()) for p in Purpose]


class Way(models.TextChoices):
    """The ways by which a message leaves the house."""

    EMAIL = "EMAIL", "E-mail"
    SMS = "SMS", "SMS"
    PHONE = "PHONE", "Phone"
    LETTER = "LETTER", "Letter"


class Consent(models.Model):
    """One decision about purpose, way and address. Rows are added, never changed: the newest decides."""

    class Decision(models.TextChoices):
        GIVEN = "GIVEN", "Given"
        WITHDRAWN = "WITHDRAWN", "Withdrawn"

    customer = models.ForeignKey("customers.Customer", models.PROTECT, related_name="consents")
    purpose = models.CharField(max_length=12, choices=PURPOSES)
    way = models.CharField(max_length=8, choices=Way)
    address_hash = models.BinaryField(max_length=32, null=True, blank=True, help_text="Empty: every address he has.")
    decision = models.CharField(max_length=10, choices=Decision)
    decided_at = models.DateTimeField()
    source = models.ForeignKey("customers.Source", models.PROTECT, related_name="+")
    proof = models.CharField(max_length=240, help_text='What he saw and where, such as "till screen, text 3".')

    class Meta:
        indexes = [models.Index(fields=["customer", "purpose", "way", "-decided_at"], name="consent_newest")]

    def __str__(self) -> str:
        return f"{self.purpose} by {self.way}: {self.decision}"


class Preference(models.Model):
    """How one customer likes to be reached."""

    customer = models.OneToOneField("customers.Customer", models.CASCADE, related_name="preference")
    way = models.CharField(max_length=8, choices=Way, blank=True, help_text="Empty: he never said.")
    language = models.CharField(max_length=12, default="en")
    quiet_from = models.TimeField(null=True, blank=True, help_text="Empty: the chain's default, 20:00.")
    quiet_until = models.TimeField(null=True, blank=True, help_text="Empty: the chain's default, 09:00.")
    time_zone = models.CharField(max_length=64, blank=True, help_text="Empty: the zone of the home store.")
    said_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"Customer {self.customer_id} prefers {self.way or 'no way'}"
