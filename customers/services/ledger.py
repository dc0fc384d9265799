"""Writing to the ledger: the only way a row gets in, one at a time."""

from datetime import datetime
from typing import Any

from customers.models import Interaction


def record_interaction(
    *,
    kind: Interaction.Kind,
    occurred_at: datetime,
    now: datetime,
    source_id: int,
    event_id: str,
    channel_id: int,
    customer_id: int | None = None,
    store_id: int | None = None,
    touchpoint_id: int | None = None,
    direction: Interaction.Direction = Interaction.Direction.INBOUND,
    subject: str = "",
    facts: dict[str, Any] | None = None,
) -> Interaction:
    """Add one row to the ledger in the caller's transaction and return it.

    `facts` never holds personal data. IntegrityError when this source has sent `event_id` before.
    """
    return Interaction.objects.create(
        kind=kind,
        direction=direction,
        customer_id=customer_id,
        store_id=store_id,
        channel_id=channel_id,
        touchpoint_id=touchpoint_id,
        subject=subject,
        facts=facts or {},
        source_id=source_id,
        event_id=event_id,
        occurred_at=occurred_at,
        recorded_at=now,
    )
