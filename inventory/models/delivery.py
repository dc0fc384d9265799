"""What is on its way to a store: from a supplier, or from another store. On the way it is on nobody's shelf."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class Delivery(models.Model):
    """Goods expected in a store. With `sent_from` it is a transfer: the sender's book let them go already."""

    class State(models.TextChoices):
        EXPECTED = "EXPECTED", "Expected"
        RECEIVED = "RECEIVED", "Received"
        CANCELLED = "CANCELLED", "Not coming"

    store = models.ForeignKey("customers.Store", models.PROTECT, related_name="deliveries", db_index=False)
    sent_from = models.ForeignKey("customers.Store", models.PROTECT, null=True, blank=True, related_name="+")
    number = models.CharField(max_length=60, help_text="Of the delivery note.")
    expected_at = models.DateTimeField(help_text="A plan, not a promise.")
    state = models.CharField(max_length=9, choices=State, default=State.EXPECTED)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    staff = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [
            models.UniqueConstraint(fields=["store", "number"], name="delivery_once_per_store"),
            models.CheckConstraint(condition=~Q(sent_from=F("store")), name="delivery_from_elsewhere"),
            models.CheckConstraint(
                condition=Q(state="EXPECTED", ended_at=None) | (~Q(state="EXPECTED") & Q(ended_at__isnull=False)),
                name="delivery_ended_has_time",
            ),
        ]
        indexes = [
            models.Index(fields=["store", "expected_at"], condition=Q(state="EXPECTED"), name="delivery_expected")
        ]

    def __str__(self) -> str:
        return f"Delivery {self.number}"


class DeliveryLine(models.Model):
    """One product of a delivery: what should come, and what did."""

    delivery = models.ForeignKey(Delivery, models.CASCADE, related_name="lines", db_index=False)
    product = models.ForeignKey("inventory.Product", models.PROTECT, related_name="+")
    expected = models.PositiveIntegerField()
    received = models.PositiveIntegerField(null=True, blank=True, help_text="Empty until somebody has looked.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["delivery", "product"], name="delivery_line_once")]

    def __str__(self) -> str:
        return f"{self.expected} x product {self.product_id}"
