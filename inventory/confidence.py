"""How sure we are that a piece is really on the shelf. Pure rules.

The record is wrong more often than shops think: DeHoratius & Raman 2008 found 65 % of about 370,000 records in 37
stores inaccurate. This is the closed form for the moment between two events: pieces vanish unseen at a small daily
rate since the last proof, and a product that usually sells but has not for a while is probably gone.
"""

from dataclasses import dataclass
from datetime import datetime
from math import exp

# Invisible loss (theft, breakage, wrong scans) per day of one level, until count corrections have taught a better one.
LOSS_PER_DAY = 0.006
SURE = 0.85
ASK = 0.20
DAY_SECONDS = 86_400
NOTHING = 1e-18


@dataclass(frozen=True)
class Evidence:
    """What is known of one level; times are None when it never happened."""

    free: int
    pace_per_day: float
    last_proof_at: datetime | None
    last_sold_at: datetime | None
    last_missed_at: datetime | None = None


def days_since(moment: datetime | None, now: datetime, unknown: float) -> float:
    """Days (a fraction) from `moment` to `now`; `unknown` when it never happened."""
    return unknown if moment is None else max(0.0, (now - moment).total_seconds() / DAY_SECONDS)


def poisson_at_most(limit: int, mean: float) -> float:
    """P(X <= limit) for a Poisson variable with this mean."""
    term = total = exp(-mean)
    for count in range(1, limit + 1):
        term *= mean / count
        total += term
        if term < NOTHING and count > mean:
            # The rest is lost in rounding; a record may say thousands.
            break
    return min(1.0, total)


def probability(
    record: int, *, pace_per_day: float, loss_per_day: float, proof_days: float, silent_days: float
) -> float:
    """P(at least one piece is there) for a record of `record` pieces.

    pi = P(Poisson(mu d) <= R - 1) is the chance that unseen losses left one; silence of tau days then weighs
    "there and not bought" (e^-lambda tau) against "not there". Formula A of docs/formulas.md.
    """
    if record <= 0:
        return 0.0
    there = poisson_at_most(record - 1, loss_per_day * proof_days)
    quiet = there * exp(-pace_per_day * silent_days)
    return quiet / (quiet + 1 - there) if quiet else 0.0


def likely_there(evidence: Evidence, now: datetime, *, loss_per_day: float = LOSS_PER_DAY) -> float:
    """P(a shopper who comes now finds one that nobody has put aside)."""
    proof_days = days_since(evidence.last_proof_at, now, unknown=90)
    # Without a sale on record, silence has lasted since the proof.
    silent_days = min(days_since(evidence.last_sold_at, now, unknown=proof_days), proof_days)
    chance = probability(
        evidence.free,
        pace_per_day=evidence.pace_per_day,
        loss_per_day=loss_per_day,
        proof_days=proof_days,
        silent_days=silent_days,
    )
    missed, proof = evidence.last_missed_at, evidence.last_proof_at
    not_found_since_proof = missed is not None and (proof is None or missed > proof)
    return chance / 2 if not_found_since_proof else chance


def band(chance: float, free: int, on_hand: int = 0, *, is_doubted: bool = False) -> str:
    """SURE, ASK, GONE or UNKNOWN: the word that a shopper reads.

    UNKNOWN when the book is below zero: it is proven wrong, and nobody has counted since. Never SURE when `is_doubted`:
    somebody looked and did not find it, so nobody is promised one from there, however likely it was overlooked.
    """
    if on_hand < 0:
        return "UNKNOWN"
    if free <= 0 or chance < ASK:
        return "GONE"
    return "SURE" if chance >= SURE and not is_doubted else "ASK"
