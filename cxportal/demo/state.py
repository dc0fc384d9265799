"""Whether the demo is there, and with which choices it was loaded."""

from customers.models import Customer, Source, Store
from cxportal.models import ImportBatch
from inventory.models import Product

SOURCE = "demo"
SOURCE_NAME = "Simulated for the demo"
FILE_NAME = "Complete Journey (84.51°), till lines of 2017"


class NotEmptyError(RuntimeError):
    """The database has data that is not the demo's."""


def loaded_batch() -> ImportBatch | None:
    """The load that made the demo; None when there is none."""
    return ImportBatch.objects.filter(source__code=SOURCE, source__kind=Source.Kind.DEMO).order_by("id").first()


def check_empty() -> None:
    """Raise NotEmptyError when there is anything that invented people and shelves would be mixed with."""
    for model in (Customer, Store, Product):
        if model.objects.exists():
            names = model._meta.verbose_name_plural
            raise NotEmptyError(
                f"This database has {names} that are not the demo's. The demo is simulated and stays out of real data:"
                " load it into an empty database (unset DATABASE_URL for one of its own)."
            )
