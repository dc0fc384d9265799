"""Where to go instead: the nearest other store that has one free."""

from django.db import connection

from customers.models import Store
from inventory.models.stock import FREE

# On a plain map around the first store; that is right for as far as somebody drives.
NEXT = f"""
SELECT s.id FROM inventory_stocklevel l
JOIN customers_store s ON s.id = l.store_id AND s.closed_date IS NULL
JOIN customers_store here ON here.id = %(store)s
WHERE l.product_id = %(product)s AND l.store_id <> here.id AND {FREE} > 0
ORDER BY power(s.latitude - here.latitude, 2)
  + power((s.longitude - here.longitude) * cos(radians(here.latitude)), 2), s.id
LIMIT 1
"""  # noqa: S608 - made of our own words


def next_store(*, product_id: int, store_id: int) -> Store | None:
    """The nearest store but this one whose book has a piece free and is not in doubt."""
    with connection.cursor() as cursor:
        cursor.execute(NEXT, {"product": product_id, "store": store_id})
        row = cursor.fetchone()
    return Store.objects.get(pk=row[0]) if row else None
