"""Other words for what is sold."""

from django.db import models
from django.db.models.functions import Upper


class Synonym(models.Model):
    """What shoppers say, and what the catalogue says for it: "telly" finds "television"."""

    said = models.CharField(max_length=60, help_text="One word, as shoppers say it.")
    meant = models.CharField(max_length=60, help_text="One word of the catalogue.")

    class Meta:
        constraints = [models.UniqueConstraint(Upper("said"), Upper("meant"), name="synonym_once")]

    def __str__(self) -> str:
        return f"{self.said} = {self.meant}"
