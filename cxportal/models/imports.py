"""One file or call that brought many records."""

from django.db import models


class ImportBatch(models.Model):
    """What came in together, how far it got and what became of it. Uploaded files lie in the vault."""

    class State(models.TextChoices):
        UPLOADED = "UPLOADED", "Uploaded"
        CHECKED = "CHECKED", "Dry run done"
        RUNNING = "RUNNING", "Running"
        DONE = "DONE", "Done"
        FAILED = "FAILED", "Failed"

    source = models.ForeignKey("customers.Source", models.PROTECT, related_name="+")
    staff = models.ForeignKey("cxportal.StaffMember", models.PROTECT, null=True, blank=True, related_name="+")
    file_name = models.CharField(max_length=160)
    digest = models.CharField(max_length=64, help_text="SHA-256 of the file: the same file again changes nothing.")
    mapping = models.JSONField(default=dict, blank=True)
    state = models.CharField(max_length=8, choices=State, default=State.UPLOADED)
    rows_total = models.PositiveIntegerField(null=True, blank=True)
    rows_new = models.PositiveIntegerField(default=0)
    rows_same = models.PositiveIntegerField(default=0)
    rows_review = models.PositiveIntegerField(default=0)
    rows_refused = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "import batches"
        indexes = [models.Index(fields=["-created_at"], name="import_newest")]

    def __str__(self) -> str:
        return self.file_name
