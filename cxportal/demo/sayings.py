"""What shoppers say for what the catalogue calls otherwise."""

from inventory.models import Synonym

SAYINGS = (
    ("biscuits", "cookies"),
    ("crisps", "chips"),
    ("fizzy", "carbonated"),
    ("mince", "ground"),
    ("nappies", "diapers"),
    ("pop", "carbonated"),
    ("soda", "carbonated"),
    ("spaghetti", "pasta"),
    ("spuds", "potatoes"),
    ("sweets", "candy"),
    ("veggies", "vegetables"),
    ("yoghurt", "yogurt"),
)


def write_sayings() -> int:
    """Write those that nobody has written yet; returns how many there are."""
    rows = [Synonym(said=said, meant=meant) for said, meant in SAYINGS]
    return len(Synonym.objects.bulk_create(rows, ignore_conflicts=True))
