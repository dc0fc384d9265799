"""Where we meet customers: the channel, and the touchpoint on it."""

from django.db import models


class Channel(models.Model):
    """A way by which customers and the chain reach each other."""

    class Kind(models.TextChoices):
        STORE = "STORE", "Store"
        WEB = "WEB", "Web"
        PHONE = "PHONE", "Phone"
        EMAIL = "EMAIL", "E-mail"
        SMS = "SMS", "SMS"
        CHAT = "CHAT", "Chat"
        LETTER = "LETTER", "Letter"

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=8, choices=Kind)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Touchpoint(models.Model):
    """A point of contact that journeys are drawn with and the ledger is counted by."""

    code = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    channel = models.ForeignKey(Channel, models.PROTECT, related_name="touchpoints")

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
