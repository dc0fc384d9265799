"""Back office: what passed between customers and the chain, and what was said."""

from django.contrib import admin

from customers.backoffice import Grows, WrittenBySystem, store_time
from customers.models import Interaction, Message


@admin.register(Interaction)
class InteractionAdmin(Grows):
    """The ledger, newest first; each list is the order of one index."""

    list_display = ("id", "at", "kind", "direction", "store", "customer", "touchpoint", "subject", "source")
    list_select_related = ("store", "customer", "touchpoint", "source")
    list_filter = ("occurred_at",)
    ordering = ("-occurred_at", "-id")
    exact_search = ("customer__public_id", "subject")
    search_help_text = "Subject (sale:1234, hold:88), or the public id of the customer"

    @admin.display(description="Occurred (store's clock)")
    def at(self, row: Interaction) -> str:
        """In the clock of the store where it happened."""
        return store_time(row.occurred_at, row.store)


@admin.register(Message)
class MessageAdmin(WrittenBySystem):
    """What the chain said or did not say, and why; text and address are in the vault."""

    list_display = ("id", "kind", "purpose", "to", "way", "decision", "state", "reason", "due_at", "sent_at", "tries")
    list_select_related = ("customer", "staff")
    exact_search = ("customer__public_id", "dedupe_key")
    search_help_text = "Public id of the customer, or the dedupe key"

    @admin.display(description="To")
    def to(self, row: Message) -> str:
        """A customer by initials, or a member of staff."""
        return str(row.customer or row.staff)
