"""The chain that the bench sells in could be one: its book adds up, its tills and customers are known."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from customers.lookup import find_customer_ids
from customers.models import Customer, Identifier, Store
from cxportal.bench import shape
from cxportal.bench.shape import EVERYWHERE, ON_PAGE, PAGE_STORES, PLENTY, SCARCE, SMALL, loyalty_number, page_levels
from inventory.models import Product, Sale, StockLevel
from inventory.selectors.availability import availability
from inventory.services.ledger_check import check_ledger
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def chain(db: None) -> None:
    shape.fill(SMALL, NOW)


def test_there_is_as_much_of_everything_as_was_asked_for() -> None:
    assert (Store.objects.count(), Customer.objects.count()) == (SMALL.stores, SMALL.customers)
    assert Product.objects.count() == SMALL.products + 4
    levels = {sku: StockLevel.objects.filter(product__sku=sku).count() for sku in (EVERYWHERE, ON_PAGE, SCARCE, PLENTY)}
    assert levels == {EVERYWHERE: SMALL.stores, ON_PAGE: PAGE_STORES, SCARCE: 1, PLENTY: 1}
    common = StockLevel.objects.exclude(product__sku__in=levels)
    assert common.count() == SMALL.stores_with_range * SMALL.products


def test_its_book_adds_up() -> None:
    checked = check_ledger()
    assert checked.levels == StockLevel.objects.count()
    assert [str(difference) for difference in checked.first] == []


def test_every_kind_of_statement_is_on_the_page() -> None:
    """A page that only said "gone" would be cheap to make."""
    product = Product.objects.get(sku=ON_PAGE)
    rows = availability(product.pk, now=NOW)
    assert {row.band for row in rows} == {"SURE", "ASK", "GONE"}
    assert len(rows) == PAGE_STORES


def test_its_customers_are_found_by_their_numbers() -> None:
    numbers = [loyalty_number(0), loyalty_number(SMALL.customers - 1), loyalty_number(SMALL.customers)]
    found = [len(find_customer_ids(Identifier.Kind.LOYALTY, number)) for number in numbers]
    assert found == [1, 1, 0]


def test_its_tills_may_post_to_their_own_store() -> None:
    level = page_levels(NOW)[7]
    body = {
        "receipt": "R1",
        "sold_at": timezone.now().isoformat(),
        "customer": {"loyalty_number": loyalty_number(3)},
        "lines": [{"sku": ON_PAGE, "quantity": 1, "unit_price": "9.99"}],
    }
    headers = {"Authorization": f"Bearer {level.key}", "Idempotency-Key": "R1"}
    answer = Client().post(reverse("api-sales"), body, content_type="application/json", headers=headers)
    assert answer.status_code == 201, answer.content
    sale = Sale.objects.get()
    assert sale.store_id == StockLevel.objects.get(pk=level.level_id).store_id
    assert sale.customer_id is not None
