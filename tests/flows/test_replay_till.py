"""The promise of the house: a real day runs through the tills while the page is open, and the page follows."""

import subprocess
import sys
from itertools import islice
from pathlib import Path

from playwright.sync_api import Page, expect

from cxportal.demo import Choice, load
from cxportal.demo.replay import kept_day_receipts
from inventory.models import Sale, StockLevel
from inventory.services.ledger_check import check_ledger
from tests.flows.conftest import environment

RECEIPTS = 3
LOAD = Choice(stores=2, weeks=1)
REPLAY_SECONDS = 60


def test_replayed_day_changes_the_open_page(page: Page, portal: str, worker: None, tmp_path: Path) -> None:
    load(LOAD, accounts=True, quiet=True)
    codes = set(Sale.objects.values_list("store__code", flat=True))
    first = next(islice(kept_day_receipts([int(code[1:]) for code in codes]), 1))
    sku = first.lines[0][0]
    level = StockLevel.objects.get(store__code=first.store, product__sku=sku)
    before = Sale.objects.count()

    page.goto(f"/stock/{sku}/")
    store = page.locator(f'[data-live-key="{level.pk}"]')
    expect(page.locator("#live-mark")).to_contain_text("Live")
    expect(store.locator(".evidence")).not_to_contain_text("just now")
    page.evaluate("window.notReloaded = true")

    replay = [
        sys.executable,
        "manage.py",
        "replay_till",
        "--url",
        portal,
        "--speed",
        "1000000",
        "--limit",
        str(RECEIPTS),
    ]
    subprocess.run(replay, env=environment(0, tmp_path), check=True, timeout=REPLAY_SECONDS)

    expect(store.locator(".evidence")).to_contain_text("Last sold just now")
    expect(page.locator("#live-mark")).to_contain_text("last change")
    assert page.evaluate("window.notReloaded")
    assert Sale.objects.count() == before + RECEIPTS
    assert check_ledger().wrong == 0
