"""Where a simulated chain may grow, and the mark that it leaves."""

from datetime import datetime

from customers.models import Customer, Source, Store
from cxportal.demo import loaded_batch
from cxportal.models import ImportBatch
from inventory.models import Product

SOURCE, SOURCE_NAME = "growth", "Simulated for its size"


class NotOursError(RuntimeError):
    """The database has data that is neither the demo's nor nobody's."""


def check_place() -> None:
    """Raise NotOursError in a database that is neither empty nor the demo's, or that has grown already."""
    if Source.objects.filter(code=SOURCE).exists():
        raise NotOursError("This database has grown already. Begin with an empty one.")
    if loaded_batch():
        return
    for model in (Customer, Store, Product):
        if model.objects.exists():
            names = model._meta.verbose_name_plural
            raise NotOursError(
                f"This database has {names} that are not the demo's. A simulated chain stays out of real data: let it"
                " grow in an empty database, or in the demo's."
            )


def mark(levels: int, movements: int, now: datetime) -> None:
    """Say in the book of imports what came in, and that it is simulated."""
    source = Source.objects.create(code=SOURCE, name=SOURCE_NAME, kind=Source.Kind.DEMO, trust=0)
    ImportBatch.objects.create(
        source=source,
        file_name=SOURCE_NAME,
        digest="",
        mapping={"levels": levels, "movements": movements},
        state=ImportBatch.State.DONE,
        rows_total=levels + movements,
        rows_new=levels + movements,
        created_at=now,
        finished_at=now,
    )
