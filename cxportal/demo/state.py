"""Whether the demo is there, how far a load came, and sweeping away one that broke off."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from customers import vault
from customers.models import Customer, Source, Store
from cxportal.models import ImportBatch
from inventory.models import Product, Sale

SOURCE = "demo"
SOURCE_NAME = "Simulated for the demo"
FILE_NAME = "Complete Journey (84.51°), till lines of 2017"
LOCK = 20_170_101
# Children before parents. What the till lines bring is not among them: it came in one piece or not at all.
GROUND_TABLES = (
    "customers_identifier",
    "customers_customer",
    "inventory_product",
    "customers_store",
    "cxportal_importbatch",
)


class NotEmptyError(RuntimeError):
    """The database has data that is not the demo's, or somebody is loading it just now."""


def _batch(state: ImportBatch.State) -> ImportBatch | None:
    return ImportBatch.objects.filter(source__code=SOURCE, source__kind=Source.Kind.DEMO, state=state).first()


def loaded_batch() -> ImportBatch | None:
    """The load that made the demo; None when there is none."""
    return _batch(ImportBatch.State.DONE)


def broken_batch() -> ImportBatch | None:
    """A load that began and did not end; None when there is none."""
    return _batch(ImportBatch.State.RUNNING)


def has_tills() -> bool:
    """Whether a load that broke off had its till lines in already."""
    return Sale.objects.exists()


def check_empty() -> None:
    """Raise NotEmptyError when there is anything that invented people and shelves would be mixed with."""
    for model in (Customer, Store, Product):
        if model.objects.exists():
            names = model._meta.verbose_name_plural
            raise NotEmptyError(
                f"This database has {names} that are not the demo's. The demo is simulated and stays out of real data:"
                " load it into an empty database (unset DATABASE_URL for one of its own)."
            )


@contextmanager
def only_one() -> Iterator[None]:
    """One load at a time. Raises NotEmptyError when another one is running."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            raise NotEmptyError("Another load_demo is running on this database.")
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


@transaction.atomic
def sweep() -> None:
    """Take away the stores, products and customers of a load that broke off before its till lines were in."""
    vault.erase(Customer.objects.values_list("pk", flat=True))
    with connection.cursor() as cursor:
        for table in GROUND_TABLES:
            cursor.execute(f"DELETE FROM {table}")  # noqa: S608 - five literals
    Source.objects.filter(code=SOURCE).delete()
