"""Global Trade Item Numbers: the check digit of GS1 General Specifications, section 7.9."""

LENGTHS = (8, 12, 13, 14)


def check_digit(body: str) -> str:
    """The digit that completes `body` (all digits but the last)."""
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(body)))
    return str(-total % 10)


def is_gtin(value: str) -> bool:
    """Whether `value` is a GTIN-8, 12, 13 or 14 with a right check digit."""
    return value.isascii() and value.isdigit() and len(value) in LENGTHS and check_digit(value[:-1]) == value[-1]
