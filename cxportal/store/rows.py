"""The lists of the store screen as plain values for its templates."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from django.urls import reverse

from customers.models import Store
from cxportal.dashboards.scope import Sight, shown_name
from cxportal.store.words import day, left, moment, pieces, waits
from inventory.models import Hold, Product, StockCount, StockQuestion
from inventory.selectors.count_plan import CountTask, count_plan
from inventory.selectors.store_tasks import Some, StoreTasks, store_tasks

MOST_COUNTS = 12
WAITED_FOR = ("questions", "pick", "give")
BLIND = "All pieces in the store, those put aside too. The book is not shown, so that only the shelf counts."


@dataclass(frozen=True)
class Item:
    """One thing to do. `key` names it on the page, `target` in a tap; `tap_id` is the id of a tap without JavaScript.

    `aside` is what stands behind the title, `times` when it is due, `state` its glyph, `fields` what else it shows.
    """

    key: str
    target: str
    product: Product | None
    title: str
    aside: str
    times: str
    state: str
    tap_id: UUID
    who: str = ""
    detail: str = ""
    is_late: bool = False
    href: str = ""


@dataclass(frozen=True)
class Section:
    """One list of the screen: its items, how many more there are, and what is said when it is empty."""

    name: str
    title: str
    kind: str
    items: list[Item]
    more: int
    note: str = ""

    @property
    def template(self) -> str:
        """What draws the lower part of each item."""
        return f"store/_{self.kind}.html"

    @property
    def total(self) -> int:
        """The length of the whole list."""
        return len(self.items) + self.more


@dataclass(frozen=True)
class Screen:
    """A store's screen at one moment."""

    store: Store
    as_of: datetime
    as_of_words: str
    sections: list[Section]
    quiet_words: str

    @property
    def columns(self) -> list[list[Section]]:
        """Side by side on a wide screen: somebody waits for the first, the others are the store's own work."""
        waiting = [section for section in self.sections if section.name in WAITED_FOR]
        own = [section for section in self.sections if section.name not in WAITED_FOR]
        return [waiting, own]

    @property
    def is_quiet(self) -> bool:
        """Whether nobody waits for anything; counts can always be done."""
        return not any(section.total for section in self.sections if section.name != "counts")


def read_screen(store: Store, sight: Sight, now: datetime) -> Screen:
    """Everything that the screen shows, read anew."""
    zone = ZoneInfo(store.time_zone)
    tasks = store_tasks(store.pk, delivery_until=end_of_day(now, zone), now=now)
    again = {count.level_id for count in tasks.recounts.rows}
    plan = [task for task in count_plan(store.pk, now=now, limit=MOST_COUNTS) if task.level.pk not in again]
    sections = [
        _section(
            "questions", "Questions to answer", tasks.questions, [_question(row, now) for row in tasks.questions.rows]
        ),
        _section("pick", "Holds to pick", tasks.to_pick, [_to_pick(row, sight, now) for row in tasks.to_pick.rows]),
        _section(
            "give", "Holds to give out", tasks.to_give, [_to_give(row, sight, now, zone) for row in tasks.to_give.rows]
        ),
        _section(
            "shelve",
            "Put back on the shelf",
            tasks.to_shelve,
            [_to_shelve(row, now, zone) for row in tasks.to_shelve.rows],
        ),
        _section("recounts", "Count again", tasks.recounts, [_recount(row) for row in tasks.recounts.rows]),
        _section(
            "deliveries",
            "Deliveries expected",
            tasks.deliveries,
            [_delivery(row, now, zone) for row in tasks.deliveries.rows],
        ),
        Section("counts", "Counts to do", "count", [_count(task) for task in plan], 0, BLIND),
    ]
    as_of = f"{now.astimezone(zone):%H:%M}"
    return Screen(store, now, as_of, sections, quiet_words(tasks, plan, now, zone))


def end_of_day(now: datetime, zone: ZoneInfo) -> datetime:
    """The coming midnight in the store's clock."""
    return datetime.combine(now.astimezone(zone).date() + timedelta(days=1), time.min, zone)


def quiet_words(tasks: StoreTasks, plan: Sequence[CountTask], now: datetime, zone: ZoneInfo) -> str:
    """What is said when nobody waits: what comes next."""
    nothing = "Nobody is waiting." if plan else "Nothing to do."
    if tasks.later_delivery_at is None:
        return f"{nothing} No delivery is on its way."
    return f"{nothing} The next delivery is expected {day(tasks.later_delivery_at, now, zone)}."


def about(product: Product) -> str:
    """Size and colour, where the name does not say them, and item number: what tells pieces of one name apart."""
    parts = [part for part in (product.size, product.colour) if part and part not in product.name]
    return ", ".join([*parts, product.sku])


def hold_item(hold: Hold, sight: Sight, now: datetime, zone: ZoneInfo) -> Item:
    """A hold as the list that it is in shows it."""
    return _to_pick(hold, sight, now) if hold.state == Hold.State.REQUESTED else _to_give(hold, sight, now, zone)


def count_item(level_id: int, product: Product, why: str) -> Item:
    """A level to count."""
    return Item(
        f"count:{level_id}", str(level_id), product, product.name, about(product), "", "ask", uuid4(), detail=why
    )


def _section(name: str, title: str, rows: Some[Any], items: list[Item]) -> Section:
    kinds = {"questions": "question", "recounts": "count", "deliveries": "delivery"}
    return Section(name, title, kinds.get(name, name), items, rows.more)


def _question(question: StockQuestion, now: datetime) -> Item:
    product, late = question.level.product, question.due_at < now
    return Item(
        f"question:{question.public_id}",
        str(question.public_id),
        product,
        product.name,
        about(product),
        left(question.due_at, now),
        "broken" if late else "ask",
        uuid4(),
        detail=product.category,
        is_late=late,
    )


def _who(hold: Hold, sight: Sight) -> str:
    """Whose it is. A shopper from the web has left no name, so a clerk calls out the end of the number."""
    customer = hold.customer
    if customer.is_erased or customer.masked_name or sight is Sight.INITIALS:
        return shown_name(customer, sight)
    left_here = customer.masked_phone or customer.masked_email
    return f"Shopper {left_here}" if left_here else shown_name(customer, sight)


def _to_pick(hold: Hold, sight: Sight, now: datetime) -> Item:
    product = hold.level.product
    return Item(
        f"hold:{hold.public_id}",
        str(hold.public_id),
        product,
        _times(hold.quantity, product.name),
        about(product),
        f"waits {waits(hold.placed_at, now)}",
        "ask",
        uuid4(),
        who=_who(hold, sight),
        detail=product.category,
    )


def _to_give(hold: Hold, sight: Sight, now: datetime, zone: ZoneInfo) -> Item:
    product, today = hold.level.product, hold.expires_at <= end_of_day(now, zone)
    return Item(
        f"hold:{hold.public_id}",
        str(hold.public_id),
        product,
        _times(hold.quantity, product.name),
        about(product),
        f"kept until {moment(hold.expires_at, now, zone)}",
        "ask" if today else "sure",
        uuid4(),
        who=_who(hold, sight),
        is_late=hold.expires_at < now,
    )


def _to_shelve(hold: Hold, now: datetime, zone: ZoneInfo) -> Item:
    product = hold.level.product
    return Item(
        f"shelve:{hold.public_id}",
        str(hold.public_id),
        product,
        _times(hold.quantity, product.name),
        about(product),
        f"{hold.get_state_display().lower()}, {moment(hold.ended_at or now, now, zone)}",
        "",
        uuid4(),
        detail=product.category,
    )


def _recount(count: StockCount) -> Item:
    return count_item(count.level_id, count.level.product, "The first count was a surprise. Look behind and under.")


def _count(task: CountTask) -> Item:
    return count_item(task.level.pk, task.product, task.why)


def _delivery(delivery: Any, now: datetime, zone: ZoneInfo) -> Item:
    sender = delivery.sent_from.name if delivery.sent_from else "From the supplier"
    late = delivery.expected_at < now
    return Item(
        f"delivery:{delivery.pk}",
        str(delivery.pk),
        None,
        f"Delivery {delivery.number}",
        f"{sender}, {pieces(delivery.pieces or 0)} of {delivery.products} products",
        f"expected {moment(delivery.expected_at, now, zone)}",
        "broken" if late else "",
        uuid4(),
        is_late=late,
        href=f"{reverse('store-delivery', args=[delivery.pk])}?{urlencode({'at': delivery.store.code})}",
    )


def _times(quantity: int, name: str) -> str:
    return name if quantity == 1 else f"{quantity} × {name}"
