"""Several workers share the notes of what changed: each note is told by one of them, and none is lost."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction
from django.utils import timezone

from cxportal.live.notifier import BATCH, notify_changes
from cxportal.worker import JOBS, Worker
from inventory.models import StockChange, StockLevel, StockMovement
from inventory.services.stock import Move, move_stock
from tests.factories import make_level

pytestmark = pytest.mark.django_db(transaction=True)

WORKERS = 4


def note(level: StockLevel, times: int) -> None:
    ids = {"level_id": level.pk, "store_id": level.store_id, "product_id": level.product_id}
    StockChange.objects.bulk_create([StockChange(**ids) for _ in range(times)])


def take_all(_: int) -> int:
    """What one worker told until nothing was left."""
    taken = 0
    try:
        while count := notify_changes():
            taken += count
    finally:
        connection.close()
    return taken


def test_workers_share_the_notes() -> None:
    note(make_level(on_hand=5), 3 * BATCH + 7)
    with ThreadPoolExecutor(WORKERS) as workers:
        assert sum(workers.map(take_all, range(WORKERS))) == 3 * BATCH + 7
    assert not StockChange.objects.exists()


def test_a_note_that_one_worker_holds_does_not_keep_another_waiting() -> None:
    level = make_level(on_hand=5)
    note(level, 2)
    holds, go_on = threading.Event(), threading.Event()

    def slow() -> None:
        try:
            with transaction.atomic():
                list(StockChange.objects.select_for_update().order_by("pk")[:1])
                holds.set()
                go_on.wait(10)
        finally:
            connection.close()

    worker = threading.Thread(target=slow)
    worker.start()
    assert holds.wait(10)
    assert notify_changes() == 1
    go_on.set()
    worker.join()
    assert notify_changes() == 1


def test_what_was_undone_is_not_told() -> None:
    level, now = make_level(on_hand=5), timezone.now()
    with transaction.atomic():
        move_stock([Move(level.pk, StockMovement.Kind.SALE, -1)], occurred_at=now, now=now)
        transaction.set_rollback(True)
    assert notify_changes() == 0


def test_a_worker_that_breaks_while_telling_leaves_the_notes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its transaction is undone, so that the next one finds them."""
    note(make_level(on_hand=5), 3)
    with monkeypatch.context() as broken:
        broken.setattr("cxportal.live.notifier.CHANNEL", "x" * 70)  # PostgreSQL takes 63 letters at most
        with pytest.raises(Exception, match="channel name too long"):
            notify_changes()
    assert StockChange.objects.count() == 3
    assert notify_changes() == 3


def test_once_tells_what_changed_and_ends() -> None:
    level, now = make_level(on_hand=5), timezone.now()
    move_stock([Move(level.pk, StockMovement.Kind.SALE, -1)], occurred_at=now, now=now)
    assert Worker([job for job in JOBS if job.name == "notify"]).once()
    assert not StockChange.objects.exists()
