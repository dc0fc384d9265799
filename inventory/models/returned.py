"""What customers brought back."""

from django.db import models

from customers.models.store import currency_code


class Return(models.Model):
    """One return slip of one store."""

    store = models.ForeignKey("customers.Store", models.PROTECT, related_name="returns", db_index=False)
    customer = models.ForeignKey("customers.Customer", models.PROTECT, null=True, blank=True, related_name="returns")
    interaction = models.OneToOneField("customers.Interaction", models.PROTECT, related_name="+")
    number = models.CharField(max_length=60, help_text="Of the return slip.")
    receipt = models.CharField(max_length=60, blank=True, help_text="Of the sale, where it is known.")
    returned_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    total = models.DecimalField(max_digits=14, decimal_places=2)
    currency = models.CharField(max_length=3, validators=[currency_code])

    class Meta:
        constraints = [models.UniqueConstraint(fields=["store", "number"], name="return_once_per_store")]
        indexes = [models.Index(fields=["-returned_at"], name="return_newest")]

    def __str__(self) -> str:
        return f"Return {self.number}"


class ReturnLine(models.Model):
    """One product that came back. What can't be sold again goes into the book and out of it as damaged."""

    returned = models.ForeignKey(Return, models.PROTECT, related_name="lines")
    product = models.ForeignKey("inventory.Product", models.PROTECT, related_name="+")
    quantity = models.PositiveIntegerField()
    refund = models.DecimalField(max_digits=12, decimal_places=2, help_text="Given back for one piece.")
    is_sellable = models.BooleanField(default=True)
    reason = models.CharField(max_length=160, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(quantity__gte=1), name="return_line_of_something"),
            models.CheckConstraint(condition=models.Q(refund__gte=0), name="return_line_refund_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} x product {self.product_id} back"
