"""What is done to shelves: counts, losses."""

from cxportal.store.answers import Answer, done
from cxportal.store.deed import Deed
from cxportal.store.forms import CountForm, LossForm, checked
from cxportal.store.words import pieces
from inventory.locks import lock_levels
from inventory.models import StockCount, StockLevel, StockMovement
from inventory.services.counts import post_count
from inventory.services.stock import Move, move_stock

LOST = {"DAMAGE": "damaged", "THEFT": "stolen", "DISPLAY": "on display"}


def count(deed: Deed) -> Answer:
    """All pieces of one product were counted; a surprise is to be counted again, and the book is not told."""
    given = checked(CountForm(dict(deed.values)))
    level = deed.row(StockLevel.objects.filter(store=deed.store).select_related("product"))
    posted = post_count(
        level=level,
        counted=given["counted"],
        counted_at=deed.at,
        now=deed.now,
        staff=deed.staff,
        is_blind=not given["seen"],
        reason=given["reason"],
    )
    name, counted = level.product.name, pieces(given["counted"])
    if posted.state == StockCount.State.SURPRISE:
        return done(f"{name}: count again, please. Look behind and under, and where holds are kept.", again=True)
    if posted.state == StockCount.State.REPLACED:
        return done(f"{name}: a later count stands for this one.")
    return done(f"{name}: {counted} counted. The book says so too now.")


def lose(deed: Deed) -> Answer:
    """Pieces leave the book because they can't be sold: damaged, stolen, on display."""
    given = checked(LossForm(dict(deed.values)))
    level = deed.row(StockLevel.objects.filter(store=deed.store).select_related("product"))
    lock_levels([level.pk])
    move = Move(
        level.pk,
        StockMovement.Kind(given["kind"]),
        -given["quantity"],
        staff_id=deed.staff.pk,
        reason=given["reason"],
    )
    move_stock([move], occurred_at=deed.at, now=deed.now)
    return done(f"{level.product.name}: {pieces(given['quantity'])} {LOST[given['kind']]}. The book has it.")
