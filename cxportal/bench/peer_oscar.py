"""The peer: django-oscar lets buyers take pieces. A program of its own, run by an interpreter that has django-oscar.

Reads psycopg2's connection arguments as JSON on stdin; the database is empty and the login may make tables. Writes one
JSON object to stdout. What a buyer does is what oscar's checkout does: ask its strategy whether the purchase is
permitted, then allocate in a transaction.
"""

import json
import sys
import threading
import time
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

import django
from django.conf import settings
from django.core.management import call_command
from oscar import defaults

GIVEN: dict[str, Any] = json.load(sys.stdin)
SHOP = [
    *("address", "analytics", "basket", "catalogue", "checkout", "communication", "customer", "dashboard", "offer"),
    *("order", "partner", "payment", "search", "shipping", "voucher", "wishlists"),
]
DESK = [
    *("catalogue", "communications", "offers", "orders", "pages", "partners", "ranges", "reports", "reviews"),
    *("shipping", "users", "vouchers"),
]
DJANGO = ["admin", "auth", "contenttypes", "flatpages", "messages", "sessions", "sites", "staticfiles"]
# As its documentation has them.
APPS = [
    *(f"django.contrib.{name}" for name in DJANGO),
    *("oscar.config.Shop", "oscar.apps.catalogue.reviews.apps.CatalogueReviewsConfig"),
    *(f"oscar.apps.{name}.apps.{name.title()}Config" for name in SHOP),
    *(f"oscar.apps.dashboard.{name}.apps.{name.title()}DashboardConfig" for name in DESK),
    *("widget_tweaks", "haystack", "treebeard", "django_tables2"),
]


class NoMigrations:
    """Makes the tables at once from the models: the figure does not depend on how they came to be."""

    def __contains__(self, label: object) -> bool:
        return True

    def __getitem__(self, label: str) -> None:
        return None


settings.configure(
    **{name: value for name, value in vars(defaults).items() if name.startswith("OSCAR_")},
    SECRET_KEY="bench",  # noqa: S106 - signs nothing: no page is served
    INSTALLED_APPS=APPS,
    DATABASES={"default": {"ENGINE": "django.db.backends.postgresql", **GIVEN["database"]}},
    HAYSTACK_CONNECTIONS={"default": {"ENGINE": "haystack.backends.simple_backend.SimpleEngine"}},
    MIGRATION_MODULES=NoMigrations(),
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    MIDDLEWARE=[],
    SITE_ID=1,
    USE_TZ=True,
    LOGGING_CONFIG=None,
)
django.setup()

from django.db import connection, connections, transaction  # noqa: E402 - models need the settings above
from django.test.utils import CaptureQueriesContext  # noqa: E402
from oscar.apps.partner.strategy import Selector  # noqa: E402
from oscar.core.loading import get_model  # noqa: E402

# The same as ours: a neighbour on the same core makes some of them slower, none faster.
BLOCKS = 4
Product = get_model("catalogue", "Product")
Partner = get_model("partner", "Partner")
PartnerAddress = get_model("partner", "PartnerAddress")
StockRecord = get_model("partner", "StockRecord")


def make(pieces: int) -> int:
    """A product with so many pieces in stock; returns its id."""
    kind, _ = get_model("catalogue", "ProductClass").objects.get_or_create(name="Thing", track_stock=True)
    partner, _ = Partner.objects.get_or_create(name="Store")
    product = Product.objects.create(title="Thing", product_class=kind)
    StockRecord.objects.create(
        product=product, partner=partner, partner_sku=f"T{product.pk}", price=1, num_in_stock=pieces
    )
    return int(product.pk)


def buy(product_id: int) -> bool:
    """One buyer wants one piece; True when the shop sold it."""
    offered = Selector().strategy().fetch_for_product(Product.objects.get(pk=product_id))
    permitted, _ = offered.availability.is_purchase_permitted(1)
    if permitted:
        with transaction.atomic():
            offered.stockrecord.allocate(1)
    return bool(permitted)


def sold_to(buyers: int, pieces: int) -> int:
    """How many of `pieces` the shop sold when all want one at once."""
    product = make(pieces)
    gate = threading.Barrier(buyers)
    sold: list[bool] = []

    def visit() -> None:
        connection.ensure_connection()
        gate.wait()
        sold.append(buy(product))
        connections.close_all()

    people = [threading.Thread(target=visit) for _ in range(buyers)]
    for person in people:
        person.start()
    for person in people:
        person.join()
    return sum(sold)


def speed(calls: int) -> dict[str, float]:
    """One buyer after the other, from a shelf that has enough: the whole rate, the quietest block's, CPU ms a call."""
    product = make(10 * calls)
    buy(product)
    blocks, spent = [], time.process_time()
    for _ in range(BLOCKS):
        started = time.perf_counter()
        for _ in range(calls // BLOCKS):
            buy(product)
        blocks.append(time.perf_counter() - started)
    done = calls // BLOCKS
    return {
        "calls_per_s": round(BLOCKS * done / sum(blocks), 1),
        "quiet_calls_per_s": round(done / min(blocks), 1),
        "cpu_ms": round((time.process_time() - spent) * 1000 / (BLOCKS * done), 2),
    }


def make_everywhere(stores: int) -> int:
    """A product that so many partners have in stock, each with an address; returns its id."""
    product = make(1)
    country, _ = get_model("address", "Country").objects.get_or_create(
        iso_3166_1_a2="US", defaults={"iso_3166_1_a3": "USA", "name": "United States"}
    )
    partners = Partner.objects.bulk_create(
        [Partner(code=f"S{number}", name=f"Store {number}") for number in range(stores - 1)]
    )
    PartnerAddress.objects.bulk_create(
        [PartnerAddress(partner=partner, line1="1 High Street", line4="Town", country=country) for partner in partners]
    )
    StockRecord.objects.bulk_create(
        [
            StockRecord(
                product_id=product, partner=partner, partner_sku=f"E{partner.pk}", price=1, num_in_stock=partner.pk % 12
            )
            for partner in partners
        ]
    )
    return product


def look(product_id: int, *, is_tuned: bool) -> list[tuple[str, str, str, bool, str]]:
    """What its API says of one product at every partner; `is_tuned`: with all rows fetched beforehand."""
    product = Product.objects.get(pk=product_id)
    records = product.stockrecords.all()
    if is_tuned:
        records = records.select_related("partner").prefetch_related("partner__addresses")
    strategy = Selector().strategy()
    seen = []
    for record in records:
        offered = strategy.fetch_for_product(product, record).availability
        address = record.partner.primary_address
        place = (address.line1, address.line4) if address else ("", "")
        seen.append((record.partner.name, *place, bool(offered.is_available_to_buy), str(offered.message)))
    return seen


def looks_per_s(product_id: int, looks: int, *, is_tuned: bool) -> float:
    """One look after the other."""
    look(product_id, is_tuned=is_tuned)
    started = time.perf_counter()
    for _ in range(looks):
        look(product_id, is_tuned=is_tuned)
    return looks / (time.perf_counter() - started)


def statements(work: Callable[[], object]) -> int:
    """What `work` asks of the database; BEGIN and COMMIT don't count."""
    with CaptureQueriesContext(connection) as seen:
        work()
    return sum(not query["sql"].startswith(("BEGIN", "COMMIT")) for query in seen.captured_queries)


def selling() -> dict[str, Any]:
    """The rush for the last pieces, and the calls one by one."""
    scarce = make(10)
    statement_count = statements(lambda: buy(scarce))
    return {
        "statements": statement_count,
        **speed(GIVEN["calls"]),
        "sold": [sold_to(GIVEN["buyers"], GIVEN["pieces"]) for _ in range(GIVEN["rounds"])],
    }


def looking() -> dict[str, Any]:
    """One product in many stores."""
    product = make_everywhere(GIVEN["stores"])
    return {
        "statements": statements(lambda: look(product, is_tuned=False)),
        "statements_tuned": statements(lambda: look(product, is_tuned=True)),
        "looks_per_s": round(looks_per_s(product, GIVEN["looks"], is_tuned=False), 2),
        "looks_per_s_tuned": round(looks_per_s(product, GIVEN["looks"], is_tuned=True), 2),
        "stores": GIVEN["stores"],
    }


def main() -> None:
    """Measure and print."""
    call_command("migrate", run_syncdb=True, verbosity=0, interactive=False)
    measured = {"sell": selling, "look": looking}[GIVEN["what"]]()
    sys.stdout.write(json.dumps({"name": f"django-oscar {version('django-oscar')}", **measured}))


if __name__ == "__main__":
    main()
