"""Amounts of money as people read them. Pure rules."""

from decimal import Decimal

SIGNS = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥"}


def money(amount: Decimal, currency: str) -> str:
    """ "$1,234.50", "€0.99"; a currency without a sign of its own follows: "12.00 CHF"."""
    sign = SIGNS.get(currency)
    return f"{sign}{amount:,.2f}" if sign else f"{amount:,.2f} {currency}".strip()
