"""The simulated worlds of the bench: what they are made of, and that what is measured in them can fail."""

import numpy as np
import pytest

from cxportal.bench import shelves, sureness
from cxportal.bench.worlds import NATURES, Nature, World
from inventory import shelf_replay

PACE = np.random.default_rng(1).lognormal(np.log(1 / 12), 0.6, 300)


def small(nature: Nature) -> shelves.Report:
    return shelves.visit(nature, PACE, 7, days=360, warm_up=200)


def test_half_of_the_worlds_break_an_assumption() -> None:
    assert sum(bool(nature.breaks) for nature in NATURES) == len(NATURES) / 2


@pytest.mark.parametrize("nature", NATURES, ids=lambda nature: nature.name)
def test_pieces_are_lost_but_never_made_of_nothing(nature: Nature) -> None:
    world = World(nature, PACE, np.random.default_rng(3))
    for _ in range(120):
        for events in world.day():
            assert (events.pieces >= 0).all()
    assert (world.stock >= 0).all()
    assert (world.book != world.stock).mean() > 0.02


def test_without_losses_book_and_shelf_agree() -> None:
    world = World(Nature("honest", loss_per_day=0.0, short_share=0.0, miscounts=0.0), PACE, np.random.default_rng(3))
    for _ in range(120):
        list(world.day())
    assert (world.book == world.stock).all()


def test_filter_beats_the_book_and_its_plan_beats_age() -> None:
    report = small(NATURES[1])
    assert report.brier_ratio < 0.6
    assert report.found > 1.5 * report.oldest


def test_a_filter_deaf_to_silence_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    heard = small(NATURES[1])
    monkeypatch.setattr(shelf_replay, "quiet", lambda pace, since, until: np.zeros(len(pace)))
    deaf = small(NATURES[1])
    assert deaf.brier_ratio > 1.3 * heard.brier_ratio


def test_figures_name_the_worst_world() -> None:
    doubt = sureness.Doubt(world_levels=60, warm_up=20, days=60)
    figures = {figure.name: figure for figure in sureness.rightness(doubt)}
    assert set(figures) == {
        "calibration_worst_decile",
        "brier_vs_book",
        "phantom_found_7d_vs_random",
        "phantom_found_7d_vs_oldest",
    }
    assert figures["brier_vs_book"].more["worst_world"] in {nature.name for nature in NATURES}
    assert figures["brier_vs_book"].more["worlds"] == len(NATURES)
