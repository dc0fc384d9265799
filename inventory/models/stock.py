"""The book of stock: one counter per store and product, and the movements that add up to it."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

# What may be promised from a level `l`, as SQL for the statements that promise. Where somebody looked in vain and
# nobody has counted since, what the book had at that look is taken for gone: only what came in since may be promised.
# Not taken for gone is what clerks had in hand or found since; what others had asked for before is theirs to look for.
# The book of that look is read from one snapshot, so that no concurrent sale is counted twice.
FREE = """(l.on_hand - l.held - CASE
  WHEN l.last_missed_at > coalesce(l.last_counted_at, '-infinity'::timestamptz) THEN greatest(0, (
    SELECT book.on_hand - coalesce(sum(m.quantity), 0) FROM inventory_stocklevel book
    LEFT JOIN inventory_stockmovement m ON m.level_id = book.id AND m.occurred_at >= l.last_missed_at
    WHERE book.id = l.id GROUP BY book.id
  ) - (
    SELECT coalesce(sum(kept.quantity), 0) FROM inventory_hold kept
    WHERE kept.level_id = l.id AND kept.placed_at <= l.last_missed_at AND (kept.state = 'REQUESTED'
      OR kept.in_hand_at IS NOT NULL AND (kept.ended_at IS NULL OR kept.ended_at > l.last_missed_at))
  )) ELSE 0 END)"""


class StockLevelQuerySet(models.QuerySet["StockLevel"]):
    """Stock levels in the words of the field."""

    def in_doubt(self) -> "StockLevelQuerySet":
        """Levels whose book can't be right: less than nothing, or more held than there is."""
        return self.filter(Q(on_hand__lt=0) | Q(held__gt=F("on_hand")))


class StockLevel(models.Model):
    """What the book says of one product in one store.

    `on_hand` may fall below zero: a sale of what the book does not have is a fact (the shelf is right), and only a
    plain sum ends the same in whatever order late tills report. Nobody is promised anything from such a level.
    """

    store = models.ForeignKey("customers.Store", models.PROTECT, related_name="levels", db_index=False)
    product = models.ForeignKey("inventory.Product", models.PROTECT, related_name="levels", db_index=False)
    on_hand = models.IntegerField(default=0)
    held = models.PositiveIntegerField(default=0)
    last_sold_at = models.DateTimeField(null=True, blank=True)
    last_received_at = models.DateTimeField(null=True, blank=True)
    last_counted_at = models.DateTimeField(null=True, blank=True)
    last_counted_quantity = models.IntegerField(null=True, blank=True)
    last_missed_at = models.DateTimeField(null=True, blank=True, help_text="When somebody last did not find it.")

    objects = StockLevelQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["product", "store"], name="level_once"),
        ]
        indexes = [
            models.Index(fields=["store", "product"], name="level_of_store"),
            models.Index(fields=["store"], condition=Q(on_hand__lt=0), name="level_below_zero"),
        ]

    def __str__(self) -> str:
        return f"Product {self.product_id} in store {self.store_id}: {self.on_hand}"

    @property
    def free(self) -> int:
        """Pieces the book has that nobody has put aside; never below zero."""
        return max(0, self.on_hand - self.held)


class StockMovement(models.Model):
    """One change of a level, with the balance after it. The database refuses UPDATE and DELETE."""

    class Kind(models.TextChoices):
        OPENING = "OPENING", "Opening stock"
        SALE = "SALE", "Sale"
        RETURN = "RETURN", "Return"
        DELIVERY = "DELIVERY", "Delivery"
        TRANSFER_OUT = "TRANSFER_OUT", "Transfer out"
        TRANSFER_IN = "TRANSFER_IN", "Transfer in"
        COUNT = "COUNT", "Count correction"
        DAMAGE = "DAMAGE", "Damage"
        THEFT = "THEFT", "Theft"
        DISPLAY = "DISPLAY", "Display piece"
        HOLD_PLACED = "HOLD_PLACED", "Hold placed"
        HOLD_COLLECTED = "HOLD_COLLECTED", "Hold collected"
        HOLD_RELEASED = "HOLD_RELEASED", "Hold released"

    level = models.ForeignKey(StockLevel, models.PROTECT, related_name="movements", db_index=False)
    kind = models.CharField(max_length=14, choices=Kind)
    quantity = models.IntegerField(help_text="Change of what is on hand; negative when pieces leave.")
    held_change = models.IntegerField(default=0, help_text="Change of what is put aside.")
    on_hand_after = models.IntegerField()
    held_after = models.IntegerField()
    sale_line = models.ForeignKey(
        "inventory.SaleLine", models.PROTECT, null=True, blank=True, related_name="movements", db_index=False
    )
    hold = models.ForeignKey(
        "inventory.Hold", models.PROTECT, null=True, blank=True, related_name="movements", db_index=False
    )
    staff = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    reason = models.CharField(max_length=160, blank=True)
    # Null, not empty, where nobody named it: the index then holds only what senders may repeat.
    event_id = models.CharField(max_length=120, null=True, blank=True, help_text="The sender's own name: store:id.")
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(quantity=0, held_change=0), name="movement_moves_something"),
            models.UniqueConstraint(
                fields=["event_id"], condition=Q(event_id__isnull=False), name="movement_once_per_event"
            ),
        ]
        indexes = [models.Index(fields=["level", "-occurred_at"], name="movement_of_level")]

    def __str__(self) -> str:
        return f"{self.kind} {self.quantity:+d}"


class Discrepancy(models.Model):
    """The book had less than the till sold. Open until a count or a late delivery explains it."""

    level = models.ForeignKey(StockLevel, models.PROTECT, related_name="discrepancies")
    sale = models.ForeignKey("inventory.Sale", models.PROTECT, null=True, blank=True, related_name="+")
    missing = models.PositiveIntegerField(help_text="Pieces that left the shelf and were never in the book.")
    opened_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)
    explanation = models.CharField(max_length=240, blank=True)

    class Meta:
        verbose_name_plural = "discrepancies"
        constraints = [
            models.CheckConstraint(condition=Q(missing__gte=1), name="discrepancy_of_something"),
        ]
        indexes = [models.Index(fields=["-opened_at"], condition=Q(settled_at=None), name="discrepancy_open")]

    def __str__(self) -> str:
        return f"{self.missing} missing on level {self.level_id}"


class StockChange(models.Model):
    """Outbox of changed levels: written with the change, taken away by the notifier that tells open pages."""

    level = models.ForeignKey(StockLevel, models.CASCADE, related_name="+", db_index=False, db_constraint=False)
    store = models.ForeignKey("customers.Store", models.CASCADE, related_name="+", db_index=False, db_constraint=False)
    product = models.ForeignKey(
        "inventory.Product", models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )

    def __str__(self) -> str:
        return f"Level {self.level_id} changed"


class StockCount(models.Model):
    """One count of one product in one store: what was there and what the book said.

    A surprise is counted again before it moves the book: the first number waits, the second decides.
    """

    class State(models.TextChoices):
        APPLIED = "APPLIED", "In the book"
        SURPRISE = "SURPRISE", "To be counted again"
        REPLACED = "REPLACED", "Counted again"

    level = models.ForeignKey(StockLevel, models.PROTECT, related_name="counts")
    state = models.CharField(max_length=8, choices=State, default=State.APPLIED)
    counted = models.PositiveIntegerField(help_text="All pieces in the store, those put aside included.")
    book = models.IntegerField(help_text="What the book said at the moment of counting.")
    counted_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    staff = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    is_blind = models.BooleanField(default=True, help_text="The counter did not see the book.")
    reason = models.CharField(max_length=160, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["level", "-counted_at"], name="count_of_level"),
            models.Index(fields=["level"], condition=Q(state="SURPRISE"), name="count_to_repeat"),
        ]

    def __str__(self) -> str:
        return f"{self.counted} counted, book {self.book}"
