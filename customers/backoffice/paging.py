"""Paging over tables of any size: no COUNT, only a look at the pages that come next."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.core.paginator import InvalidPage, Paginator
from django.db import connection
from django.db.models import QuerySet

PAGES_AHEAD = 5
# OFFSET reads what it skips: whoever wants older rows than these says which, by date or by key.
DEEPEST_PAGE = 100


class WindowPaginator(Paginator[Any]):
    """Reads keys from the page that is asked for to a few pages on, and calls that the end for now.

    `count` is exact when the window holds the end (`is_exact`); else it is where the window ends.
    """

    def __init__(
        self,
        object_list: QuerySet[Any] | Sequence[Any],
        per_page: int,
        orphans: int = 0,
        allow_empty_first_page: bool = True,
        *,
        page: int = 1,
    ) -> None:
        super().__init__(object_list, per_page, orphans, allow_empty_first_page)
        self.asked = max(1, page)

    @cached_property
    def _window(self) -> tuple[int, bool]:
        """Rows up to the end of the window, and whether nothing follows."""
        if self.asked > DEEPEST_PAGE:
            return 0, False
        first, ahead = (self.asked - 1) * self.per_page, PAGES_AHEAD * self.per_page
        rows = self.object_list
        keys = rows.values_list("pk", flat=True) if isinstance(rows, QuerySet) else rows
        seen = len(keys[first : first + ahead + 1])
        if not seen and first:
            return 0, False
        return first + min(seen, ahead), seen <= ahead

    @cached_property
    def count(self) -> int:
        """Rows that are known of."""
        return self._window[0]

    @property
    def is_exact(self) -> bool:
        """Whether `count` is all there is."""
        return self._window[1]

    @cached_property
    def estimate(self) -> int | None:
        """About how many rows the table has, by the planner's statistics; None for a filtered list or a fresh table."""
        rows = self.object_list
        if not isinstance(rows, QuerySet) or rows.query.where or rows.query.is_sliced:
            return None
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT reltuples::bigint FROM pg_class WHERE oid = %s::regclass", [rows.model._meta.db_table]
            )
            (estimate,) = cursor.fetchone() or (-1,)
        return int(estimate) if estimate > self.count else None

    @property
    def size_in_words(self) -> str:
        """ "12", "about 1,000,000" or "more than 500": never a guess that looks exact."""
        if self.is_exact:
            return f"{self.count:,}"
        return f"about {self.estimate:,}" if self.estimate else f"more than {self.count:,}"

    def validate_number(self, number: int | float | str) -> int:
        """Also refuses pages that are too deep."""
        page = super().validate_number(number)
        if page > DEEPEST_PAGE:
            raise InvalidPage("Narrow the list down: it ends here.")
        return page
