"""What we believe of the shelf, beside what the book says: beliefs, what was seen, and the rates they are made with."""

from django.db import models
from django.db.models import Q


class ShelfBelief(models.Model):
    """How likely each number of pieces is on one shelf: the state of the filter in inventory/confidence.py.

    Kept beside the level, not in it: sales must not wait for it, and it can be made anew from the book at any time.
    """

    level = models.OneToOneField("inventory.StockLevel", models.CASCADE, primary_key=True, related_name="belief")
    store = models.ForeignKey("customers.Store", models.CASCADE, related_name="+", db_index=False)
    weights = models.BinaryField(help_text="Probability of 0, 1, 2, ... pieces, 16 bits each.")
    believed_at = models.DateTimeField(help_text="The moment that the weights speak of.")
    movement_id = models.BigIntegerField(default=0, help_text="The newest movement that is in it.")
    observation_id = models.BigIntegerField(default=0, help_text="The newest look at the shelf that is in it.")
    pace_per_day = models.FloatField(help_text="Pieces sold in a day while they are there.")
    loss_per_day = models.FloatField(help_text="Pieces lost unseen in a day.")
    chance = models.FloatField(help_text="Probability of at least one piece at `believed_at`.")
    mean = models.FloatField(help_text="Expected pieces at `believed_at`.")
    count_worth = models.FloatField(default=0, help_text="What a count is expected to bring, in the store's money.")

    class Meta:
        indexes = [models.Index(fields=["store", "-count_worth"], name="belief_count_first")]

    def __str__(self) -> str:
        return f"Belief of level {self.level_id}"


class LossRate(models.Model):
    """What vanishes unseen, learnt from counts: of one category in one store, of a category, or of the chain."""

    store = models.ForeignKey("customers.Store", models.CASCADE, null=True, blank=True, related_name="+")
    category = models.CharField(max_length=120, blank=True)
    pieces_per_day = models.FloatField(help_text="Of one level, in a day.")
    level_days = models.FloatField(help_text="How many days of levels between counts it was learnt from.")
    lost = models.FloatField(help_text="Pieces that counts did not find.")
    learnt_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["store", "category"], nulls_distinct=False, name="loss_rate_once"),
            models.CheckConstraint(condition=Q(pieces_per_day__gte=0), name="loss_rate_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.category or 'all'}: {self.pieces_per_day:.4f} a day"


class ShelfObservation(models.Model):
    """Somebody looked at a shelf. `chance` is what we had said before: so we learn whether our numbers are right."""

    class Kind(models.TextChoices):
        HOLD = "HOLD", "Looked for a hold"
        COUNT = "COUNT", "Counted"
        ANSWER = "ANSWER", "Looked for a question"
        REPORT = "REPORT", "An empty shelf was reported"

    level = models.ForeignKey("inventory.StockLevel", models.PROTECT, related_name="observations", db_index=False)
    kind = models.CharField(max_length=6, choices=Kind)
    was_there = models.BooleanField(help_text="At least one piece was found.")
    chance = models.FloatField(help_text="The probability that was shown just before.")
    book = models.IntegerField(help_text="What the book said just before.")
    hold = models.ForeignKey("inventory.Hold", models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    observed_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(chance__range=(0, 1)), name="observation_chance")]
        indexes = [
            models.Index(fields=["level", "-observed_at"], name="observation_of_level"),
            models.Index(fields=["-observed_at"], name="observation_newest"),
        ]

    def __str__(self) -> str:
        return f"Level {self.level_id}: {'found' if self.was_there else 'not found'}"
