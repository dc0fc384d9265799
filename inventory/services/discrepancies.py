"""What the book can't explain: open while a level is below zero, settled by whatever brings it back."""

from datetime import datetime

from inventory.models import Discrepancy
from inventory.services.book import Balance


def note_discrepancies(
    changes: dict[int, int], balances: dict[int, Balance], *, because: str, now: datetime, sale_id: int | None = None
) -> None:
    """Open one for each level that `changes` (pieces by level id) brought further below zero; settle what came back.

    No statement where nothing was below zero before or after. `because` says in words what came.
    """
    short = {
        pk: min(-balances[pk].on_hand, -change)
        for pk, change in changes.items()
        if change < 0 and balances[pk].on_hand < 0
    }
    back = [pk for pk, change in changes.items() if balances[pk].on_hand - change < 0 <= balances[pk].on_hand]
    if short:
        Discrepancy.objects.bulk_create(
            [Discrepancy(level_id=pk, sale_id=sale_id, missing=missing, opened_at=now) for pk, missing in short.items()]
        )
    if back:
        Discrepancy.objects.filter(level__in=back, settled_at=None).update(settled_at=now, explanation=because)
