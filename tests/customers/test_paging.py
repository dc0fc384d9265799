"""The back office's pager: never counts, never says more than it knows."""

import pytest
from django.core.paginator import InvalidPage
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.backoffice.paging import DEEPEST_PAGE, PAGES_AHEAD, WindowPaginator
from customers.models import Customer
from tests.database import as_owner
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def customers(number: int) -> None:
    Customer.objects.bulk_create([Customer(created_at=NOW) for _ in range(number)])


def paged(page: int = 1, per_page: int = 2) -> WindowPaginator:
    return WindowPaginator(Customer.objects.order_by("pk"), per_page, page=page)


@pytest.mark.parametrize("rows", [0, 1, 2, 9, 10])
def test_what_fits_the_window_is_counted_exactly(rows: int) -> None:
    customers(rows)
    paginator = paged()
    assert (paginator.count, paginator.is_exact, paginator.size_in_words) == (rows, True, str(rows))


def test_what_does_not_fit_is_more_than_the_window() -> None:
    customers(11)
    paginator = paged()
    assert (paginator.count, paginator.is_exact) == (2 * PAGES_AHEAD, False)
    assert paginator.size_in_words == "more than 10"


def test_the_window_moves_with_the_page() -> None:
    customers(11)
    paginator = paged(page=5)
    assert (paginator.count, paginator.is_exact, paginator.num_pages) == (11, True, 6)
    assert list(paginator.page(6).object_list) == list(Customer.objects.order_by("pk")[10:])


def test_every_row_is_on_one_page_when_pages_are_turned() -> None:
    customers(13)
    seen: list[Customer] = []
    page = 1
    while len(paginator_page := list(paged(page).page(page).object_list)) == 2:
        seen += paginator_page
        page += 1
    assert [*seen, *paginator_page] == list(Customer.objects.order_by("pk"))


def test_a_page_behind_the_end_is_none() -> None:
    customers(3)
    with pytest.raises(InvalidPage):
        paged(page=9).page(9)


def test_pages_end_before_offset_gets_slow() -> None:
    with pytest.raises(InvalidPage):
        paged(page=DEEPEST_PAGE + 1).page(DEEPEST_PAGE + 1)


def test_it_takes_one_statement_without_count() -> None:
    customers(11)
    with CaptureQueriesContext(connection) as captured:
        assert paged().num_pages == PAGES_AHEAD
    assert len(captured) == 1
    assert "COUNT" not in captured.captured_queries[0]["sql"].upper()


@pytest.mark.django_db(transaction=True)
def test_a_long_unfiltered_list_says_about_how_long() -> None:
    customers(1200)
    as_owner("ANALYZE customers_customer")
    assert paged().size_in_words == "about 1,200"
    filtered = WindowPaginator(Customer.objects.filter(is_erased=False).order_by("pk"), 2)
    assert filtered.size_in_words == "more than 10"


def test_a_plain_list_is_paged_too() -> None:
    paginator = WindowPaginator(list("abc"), 2)
    assert (paginator.count, list(paginator.page(2).object_list)) == (3, ["c"])
