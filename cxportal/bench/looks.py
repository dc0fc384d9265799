"""Looking: the nearest stores that have it, a product by its words, and one product in all stores."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass

from django.db import connection
from django.utils import timezone

from customers.models import Store
from cxportal.bench.figures import Figure, note, percentile
from cxportal.bench.peers import OSCAR, ask
from cxportal.bench.raw_till import statements_of
from cxportal.bench.shape import EVERYWHERE
from cxportal.growth.words import BRANDS, COLOURS, KINDS, MAKES, SIZES
from inventory.geo import Point
from inventory.models import Product
from inventory.selectors.availability import availability
from inventory.selectors.catalogue import find_products
from inventory.selectors.nearby import nearest_levels, nearest_stores

NEAREST = 20
# One letter doubled, one left out, two changed over: what fingers do.
SLIPS: tuple[Callable[[str, int], str], ...] = (
    lambda word, at: word[:at] + word[at] + word[at:],
    lambda word, at: word[:at] + word[at + 1 :],
    lambda word, at: word[:at] + word[at : at + 2][::-1] + word[at + 2 :],
)


@dataclass(frozen=True)
class Shoppers:
    """How many look, and how often all stores are listed."""

    asked: int = 400
    looks: int = 20


def nearest(shoppers: Shoppers) -> Figure:
    """The slower of two questions from anywhere in the chain: the nearest stores; the nearest that keep a product."""
    draw = random.Random("nearest")
    places = [Point(draw.uniform(30, 46), draw.uniform(-115, -76)) for _ in range(shoppers.asked)]
    keep = dict(_kept_widely())
    product = next(iter(keep))
    spent = {
        "stores": [_ms(lambda: nearest_stores(place, limit=NEAREST)) for place in places],  # noqa: B023 - called at once
        "levels": [_ms(lambda: nearest_levels(product, place, limit=NEAREST)) for place in places],  # noqa: B023
    }
    late = {name: percentile(times, 0.95) for name, times in spent.items()}
    stores = Store.objects.count()
    note(f"nearest {NEAREST} of {stores:,} stores: {late}")
    more = {f"{name}_ms": value for name, value in late.items()} | {"stores": stores, "keep_it": keep[product]}
    return Figure("nearest_p95_ms", max(late.values()), n=2 * len(places), more=more)


def _kept_widely() -> list[tuple[int, int]]:
    """The product that most stores keep, and in how many."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT product_id, count(*) FROM inventory_stocklevel GROUP BY product_id ORDER BY 2 DESC, 1 LIMIT 1"
        )
        return list(cursor.fetchall())


def search(shoppers: Shoppers) -> Figure:
    """Searches as people type them: one word or several, the beginning of one, slips, numbers; every one once."""
    draw = random.Random("search")
    find_products("warm up")
    texts = [_typed(draw, number) for number in range(shoppers.asked)]
    times = [(_ms(lambda: find_products(text)), text) for text in texts]  # noqa: B023 - called at once
    late, middle = (percentile([spent for spent, _ in times], share) for share in (0.95, 0.5))
    products = Product.objects.count()
    slowest, what = max(times)
    note(
        f"search among {products:,} products: p50 {middle:.1f} ms, p95 {late:.1f} ms; slowest {slowest:.0f} ms: {what}"
    )
    more = {"p50_ms": middle, "highest_ms": slowest, "highest": what, "products": products}
    return Figure("search_p95_ms", late, n=len(texts), more=more)


def _typed(draw: random.Random, number: int) -> str:
    make, kind, brand = draw.choice(MAKES), draw.choice(KINDS), draw.choice(BRANDS)
    size, colour = draw.choice(SIZES), draw.choice([word for word in COLOURS if word])
    return (
        kind,
        f"{make} {kind}",
        kind[: draw.randrange(3, 6)],
        _slipped(kind, draw),
        f"{_slipped(brand, draw)} {kind}",
        f"{brand} {kind} {colour}",
        f"{make} {kind} {size}",
        f"SIM-{draw.randrange(1, 1000)}",
    )[number % 8]


def _slipped(word: str, draw: random.Random) -> str:
    return draw.choice(SLIPS)(word, draw.randrange(1, len(word) - 1))


def versus_oscar(shoppers: Shoppers) -> Figure:
    """One product in 500 stores: ours with distance, hours and words, oscar's with name, address and availability."""
    product = Product.objects.get(sku=EVERYWHERE)
    here = Point(40.1, -88.0)
    rows: list[object] = []
    statements = len(statements_of(lambda: rows.extend(availability(product.pk, now=timezone.now(), near=here))))
    times = [_ms(lambda: availability(product.pk, now=timezone.now(), near=here)) for _ in range(shoppers.looks)]
    rate = 1000 / percentile(times, 0.5)
    peer = ask(OSCAR, what="look", stores=len(rows), looks=max(2, shoppers.looks // 2))
    ratio = rate / peer["looks_per_s"] if peer else None
    tuned = rate / peer["looks_per_s_tuned"] if peer else None
    note(f"availability in {len(rows)} stores: {rate:.0f}/s, {statements} statements; peer: {peer}")
    more = {"statements": statements, "looks_per_s": rate, "ratio_tuned": tuned, "stores": len(rows)}
    return Figure("availability_vs_oscar", ratio, n=len(times), peer=peer, ratio=ratio, more=more)


def _ms(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1000
