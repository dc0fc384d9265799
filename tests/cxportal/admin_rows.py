"""How to make one more row of each model, for tests that walk through all of them."""

from collections.abc import Callable
from itertools import count
from typing import Any
from uuid import uuid4

from django.db.models import Model

from customers.models import Channel, ContactCode, Preference, Source, SourceRecord, Touchpoint
from cxportal.models import AuditEvent, IdempotentCall, ImportBatch
from cxportal.roles import Role
from inventory.models import (
    Delivery,
    DeliveryLine,
    HoldEvent,
    LossRate,
    Return,
    ReturnLine,
    SaleLine,
    ShelfBelief,
    ShelfObservation,
    StockChange,
    StockCount,
    StockQuestion,
    StoreTap,
    Synonym,
)
from journeys.models import CaseEvent, Stage
from tests import factories as make

_numbers = count(1)


def _hold_event() -> Model:
    return HoldEvent.objects.create(
        hold=make.make_hold(), kind="PLACED", interaction=make.make_interaction(), occurred_at=make.NOW
    )


def _case_event() -> Model:
    return CaseEvent.objects.create(
        case=make.make_case(), kind="OPENED", interaction=make.make_interaction(), occurred_at=make.NOW
    )


def _sale_line() -> Model:
    make.make_sale([(make.make_product(), 2)])
    return SaleLine.objects.latest("pk")


def _stock_change() -> Model:
    level = make.make_level()
    return StockChange.objects.create(level=level, store=level.store, product=level.product)


def _stock_count() -> Model:
    level = make.make_level(on_hand=3)
    return StockCount.objects.create(level=level, counted=2, book=3, counted_at=make.NOW, recorded_at=make.NOW)


def _delivery() -> Delivery:
    values = {"number": f"D{next(_numbers)}", "expected_at": make.NOW, "created_at": make.NOW}
    return Delivery.objects.create(store=make.make_store(), sent_from=make.make_store(), **values)


def _return() -> Return:
    store, number = make.make_store(), f"R{next(_numbers)}"
    return Return.objects.create(
        store=store,
        customer=make.make_customer(),
        interaction=make.make_interaction(store=store),
        number=number,
        returned_at=make.NOW,
        recorded_at=make.NOW,
        total=1,
        currency=store.currency,
    )


def _belief() -> Model:
    level = make.make_level(on_hand=1)
    values = {"weights": b"\0\0\xff\xff", "pace_per_day": 0.5, "loss_per_day": 0.03, "chance": 1.0, "mean": 1.0}
    return ShelfBelief.objects.create(level=level, store=level.store, believed_at=make.NOW, **values)


def _observation() -> Model:
    values = {"was_there": True, "chance": 0.9, "book": 1, "observed_at": make.NOW}
    return ShelfObservation.objects.create(level=make.make_level(on_hand=1), kind="COUNT", **values)


def _question() -> Model:
    level = make.make_level(on_hand=1)
    return StockQuestion.objects.create(
        level=level,
        store=level.store,
        customer=make.make_customer(),
        asked_at=make.NOW,
        due_at=make.NOW,
        interaction=make.make_interaction(store=level.store),
    )


def _tap() -> Model:
    values = {"verb": "find-hold", "status": 200, "answer": {}, "tapped_at": make.NOW, "recorded_at": make.NOW}
    return StoreTap.objects.create(tap_id=uuid4(), store=make.make_store(), staff=make.make_staff(), **values)


def _contact_code() -> Model:
    hashes = {"address_hash": b"a" * 32, "client_hash": b"c" * 32, "code_hash": b"k" * 32}
    return ContactCode.objects.create(way="SMS", asked_at=make.NOW, expires_at=make.NOW, **hashes)


def _source_record() -> Model:
    values: dict[str, Any] = {"payload_digest": "0" * 64, "outcome": "SAME", "received_at": make.NOW}
    return SourceRecord.objects.create(
        source=make.make_source(), external_id=f"x{next(_numbers)}", customer=make.make_customer(), **values
    )


def _import_batch() -> Model:
    values = {"file_name": "a.csv", "digest": "0" * 64, "created_at": make.NOW}
    return ImportBatch.objects.create(source=make.make_source(), staff=make.make_staff(), **values)


def _idempotent_call() -> Model:
    key, _ = make.make_api_key(make.make_store())
    return IdempotentCall.objects.create(api_key=key, key="k", request_hash=b"h" * 32, created_at=make.NOW)


ROWS: dict[str, Callable[[], Model]] = {
    "customers.channel": lambda: Channel.objects.create(code=f"c{next(_numbers)}", name="Web", kind="WEB"),
    "customers.consent": lambda: make.make_consent(make.make_customer()),
    "customers.contactcode": _contact_code,
    "customers.customer": lambda: make.make_customer(home_store=make.make_store()),
    "customers.identifier": lambda: make.make_customer(phone=f"+1212555{next(_numbers):04}").identifiers.get(),
    "customers.interaction": lambda: make.make_sale(customer=make.make_customer()).interaction,
    "customers.message": make.make_message,
    "customers.preference": lambda: Preference.objects.create(customer=make.make_customer(), said_at=make.NOW),
    "customers.source": lambda: Source.objects.create(code=f"s{next(_numbers)}", name="Shop", kind="WEB_SHOP"),
    "customers.sourcerecord": _source_record,
    "customers.store": make.make_store,
    "customers.touchpoint": lambda: Touchpoint.objects.create(
        code=f"t{next(_numbers)}", name="Page", channel=make.make_channel(f"web-{next(_numbers)}")
    ),
    "inventory.delivery": _delivery,
    "inventory.deliveryline": lambda: DeliveryLine.objects.create(
        delivery=_delivery(), product=make.make_product(), expected=2
    ),
    "inventory.discrepancy": make.make_discrepancy,
    "inventory.hold": make.make_hold,
    "inventory.holdevent": _hold_event,
    "inventory.lossrate": lambda: LossRate.objects.create(
        store=make.make_store(), category="TEA", pieces_per_day=0.03, level_days=100, lost=3, learnt_at=make.NOW
    ),
    "inventory.product": lambda: make.make_product(variant_of=make.make_product()),
    "inventory.return": _return,
    "inventory.returnline": lambda: ReturnLine.objects.create(
        returned=_return(), product=make.make_product(), quantity=1, refund=1
    ),
    "inventory.sale": lambda: make.make_sale(customer=make.make_customer()),
    "inventory.saleline": _sale_line,
    "inventory.shelfbelief": _belief,
    "inventory.shelfobservation": _observation,
    "inventory.stockchange": _stock_change,
    "inventory.stockcount": _stock_count,
    "inventory.stocklevel": make.make_level,
    "inventory.stockmovement": lambda: make.make_movement(make.make_level(on_hand=1)),
    "inventory.stockquestion": _question,
    "inventory.storetap": _tap,
    "inventory.synonym": lambda: Synonym.objects.create(said=f"said{next(_numbers)}", meant="television"),
    "inventory.waitlistentry": make.make_wait,
    "journeys.case": make.make_case,
    "journeys.caseevent": _case_event,
    "journeys.journeymap": make.make_map,
    "journeys.stage": lambda: Stage.objects.create(map=make.make_map(), position=1, name="Search"),
    "journeys.step": make.make_step,
    "surveys.answer": make.make_answer,
    "surveys.initiative": make.make_initiative,
    "surveys.invitation": make.make_invitation,
    "surveys.question": make.make_question,
    "surveys.response": lambda: make.make_response(store=make.make_store()),
    "surveys.survey": make.make_survey,
    "cxportal.apikey": lambda: make.make_api_key(make.make_store())[0],
    "cxportal.auditevent": lambda: AuditEvent.objects.create(
        staff=make.make_staff(), verb="changed", target="store:1", occurred_at=make.NOW
    ),
    "cxportal.idempotentcall": _idempotent_call,
    "cxportal.importbatch": _import_batch,
    "cxportal.staffmember": lambda: make.make_staff(Role.STORE_CLERK),
}
