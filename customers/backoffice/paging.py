"""Paging over tables of any size: no COUNT, only a look at the pages that come next."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any, cast

from django.contrib.admin.views.main import PAGE_VAR, ChangeList
from django.core.paginator import InvalidPage, Paginator
from django.db import connection
from django.db.models import QuerySet
from django.http import HttpRequest

PAGES_AHEAD = 5
# OFFSET reads what it skips: whoever wants older rows than these says which, by date or by key.
DEEPEST_PAGE = 100


def asked_page(given: str) -> int:
    """The page that an address asks for; 1 where it makes no sense. Longer numbers than any page's are cut off."""
    return max(1, int(given[:9])) if given.isdecimal() else 1


class WindowPaginator(Paginator[Any]):
    """Reads keys from the page that is asked for to a few pages on, and calls that the end for now.

    `count` is exact when the window holds the end (`is_exact`); else it is where the window ends. Behind the end of the
    list there is nothing to count, and nobody may take that for a list that fits on one page: see `WindowList`.
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
        page = min(self.asked, DEEPEST_PAGE)
        first = (page - 1) * self.per_page
        # No page is announced that `validate_number` would refuse.
        ahead = min(PAGES_AHEAD, DEEPEST_PAGE - page + 1) * self.per_page
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
        if not self.count:
            return f"at most {(min(self.asked, DEEPEST_PAGE) - 1) * self.per_page:,}"
        return f"about {self.estimate:,}" if self.estimate else f"more than {self.count:,}"

    def validate_number(self, number: int | float | str) -> int:
        """Also refuses pages that are too deep."""
        page = super().validate_number(number)
        if page > DEEPEST_PAGE:
            raise InvalidPage("Narrow the list down: it ends here.")
        return page


class WindowList(ChangeList):
    """A list of the back office that never asks for more rows than a page has.

    Django's own takes every row when the paginator knows of less than a page: behind the end that would be the table.
    """

    hint = ""

    def get_results(self, request: HttpRequest) -> None:
        """One page by LIMIT and OFFSET; a page that is too deep is the deepest, one behind the end is empty."""
        asked = asked_page(request.GET.get(PAGE_VAR, ""))
        paginator = cast(WindowPaginator, self.model_admin.get_paginator(request, self.queryset, self.list_per_page))
        self.page_num = min(asked, DEEPEST_PAGE)
        first = (self.page_num - 1) * self.list_per_page
        self.result_list = self.queryset[first : first + self.list_per_page]
        self.paginator, self.result_count = paginator, paginator.count
        self.full_result_count, self.show_full_result_count = None, False
        self.show_admin_actions, self.can_show_all = True, False
        self.multi_page = paginator.count > self.list_per_page
        if self.page_num > 1 and not paginator.count:
            self.hint = "The list ends before this page."
        elif asked > DEEPEST_PAGE or (self.page_num == DEEPEST_PAGE and not paginator.is_exact):
            self.hint = f"Pages end at {DEEPEST_PAGE}: search or filter for what lies deeper."
