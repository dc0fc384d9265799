"""The verbs of the store screen, and what each does."""

from collections.abc import Callable, Mapping

from cxportal.store.answers import Answer
from cxportal.store.deed import Deed
from cxportal.store.goods_deeds import receive, send
from cxportal.store.promise_deeds import found, given, is_gone, is_there, missed, released, shelved
from cxportal.store.shelf_deeds import count, lose
from inventory.selectors.store_tasks import SHELVED

DEEDS: Mapping[str, Callable[[Deed], Answer]] = {
    "hold.found": found,
    "hold.missed": missed,
    "hold.given": given,
    "hold.released": released,
    SHELVED: shelved,
    "question.yes": is_there,
    "question.no": is_gone,
    "count.post": count,
    "level.lose": lose,
    "delivery.receive": receive,
    "transfer.send": send,
}
