"""The verbs of the store screen, and what each does."""

from collections.abc import Callable, Mapping

from cxportal.store.answers import Answer
from cxportal.store.deed import Deed
from cxportal.store.goods_deeds import receive, send
from cxportal.store.shelf_deeds import count, lose

DEEDS: Mapping[str, Callable[[Deed], Answer]] = {
    "count.post": count,
    "level.lose": lose,
    "delivery.receive": receive,
    "transfer.send": send,
}
