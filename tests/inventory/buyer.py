"""A process that wants holds: `python -m tests.inventory.buyer HOW LEVEL FIRST LAST TIMES`, told "go" by a line.

HOW is `fair` (staff ask for them), `shopper` (with the caps of shoppers), or `blind`: then without the condition that
makes a promise true, as a control. Every customer from FIRST to LAST asks for a piece of LEVEL, TIMES times; how many
pieces they got is printed.
"""

import sys

import django

django.setup()

from django.core.exceptions import ValidationError  # noqa: E402 - Django must be ready first
from django.utils import timezone  # noqa: E402

from customers.models import Customer  # noqa: E402
from inventory.models import Hold, StockLevel  # noqa: E402
from inventory.services import placing  # noqa: E402
from inventory.services.holds import place_hold  # noqa: E402


def main(how: str, level_id: int, first: int, last: int, times: int) -> int:
    """How many pieces were promised."""
    if how == "blind":
        placing.ENOUGH = "true"
    because = Hold.Because.SHOPPER if how == "shopper" else Hold.Because.STAFF
    level = StockLevel.objects.select_related("store").get(pk=level_id)
    customers = list(Customer.objects.filter(pk__range=(first, last)))
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    return sum(wants(customer, level, because) for _ in range(times) for customer in customers)


def wants(customer: Customer, level: StockLevel, because: Hold.Because) -> bool:
    """Whether he got one."""
    try:
        place_hold(customer=customer, level=level, because=because, now=timezone.now())
    except ValidationError as error:
        if error.code not in ("NOTHING_FREE", "ALREADY_HELD"):
            raise
        return False
    return True


if __name__ == "__main__":
    got = main(sys.argv[1], *map(int, sys.argv[2:]))
    sys.stdout.write(f"{got}\n")
