"""What a store's screen asks for at every look finds its rows by an index, however old the tables are."""

from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet

from cxportal.store.scans import ENDED_SHOWN
from inventory.models import Hold
from inventory.selectors.store_tasks import expected, given_up, live_holds, open_questions
from tests.factories import NOW

pytestmark = pytest.mark.django_db
ENDED = Hold.objects.filter(store=1, code="KETTLE", ended_at__gte=NOW - ENDED_SHOWN).order_by("-ended_at")


def plan_of(rows: "QuerySet[Any, Any]") -> str:
    """How it would be read in a large table; in an empty one every plan is cheap."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_bitmapscan = off")
    return rows.explain()


@pytest.mark.parametrize(
    ("rows", "indexes"),
    [
        (given_up(1, NOW), {"hold_ended_in_store", "store_tap_shelved"}),
        (live_holds(1), {"hold_in_store"}),
        (ENDED, {"hold_ended_in_store"}),
        (open_questions(1), {"question_open"}),
        (expected(1), {"delivery_expected"}),
    ],
)
def test_every_list_has_its_index(rows: "QuerySet[Any, Any]", indexes: set[str]) -> None:
    plan = plan_of(rows)
    assert [name for name in sorted(indexes) if name not in plan] == [], plan
    assert "Seq Scan" not in plan
