"""Back office: customers by their masked columns. The person herself is in the vault, which has no page here."""

from django.contrib import admin

from customers.backoffice import Grows, PortalAdmin, WrittenBySystem
from customers.models import Consent, ContactCode, Customer, Identifier, Preference, SourceRecord


@admin.register(Customer)
class CustomerAdmin(WrittenBySystem):
    """Found by public id or by the masked name exactly as it is shown."""

    list_display = (
        "public_id",
        "masked_name",
        "masked_phone",
        "home_store",
        "open_complaints",
        "is_erased",
        "created_at",
    )
    list_select_related = ("home_store",)
    exact_search = ("public_id", "masked_name")
    search_help_text = 'Public id, or the masked name as shown: "Maria G."'


@admin.register(Identifier)
class IdentifierAdmin(WrittenBySystem):
    """Keyed hashes: what they stand for can't be read back."""

    list_display = ("id", "customer", "kind", "key_version", "source", "verified_at", "created_at")
    list_select_related = ("customer", "source")
    exact_search = ("customer__public_id",)
    search_help_text = "Public id of the customer"


@admin.register(Consent)
class ConsentAdmin(Grows):
    """Every decision about being written to, in the order they were made."""

    list_display = ("id", "customer", "purpose", "way", "decision", "decided_at", "source", "proof")
    list_select_related = ("customer", "source")
    exact_search = ("customer__public_id",)
    search_help_text = "Public id of the customer"


@admin.register(Preference)
class PreferenceAdmin(PortalAdmin):
    """How a customer likes to be reached, as he said."""

    list_display = ("customer", "way", "language", "quiet_from", "quiet_until", "said_at")
    list_select_related = ("customer",)
    raw_id_fields = ("customer",)
    exact_search = ("customer__public_id",)
    search_help_text = "Public id of the customer"


@admin.register(SourceRecord)
class SourceRecordAdmin(WrittenBySystem):
    """What sources sent and what became of it; the payloads are in the vault."""

    list_display = ("id", "source", "external_id", "outcome", "customer", "reason", "received_at")
    list_select_related = ("source", "customer")
    exact_search = ("customer__public_id",)
    search_help_text = "Public id of the customer"


@admin.register(ContactCode)
class ContactCodeAdmin(WrittenBySystem):
    """Codes that were asked for; neither the code nor the address is here."""

    list_display = ("id", "way", "asked_at", "sent_at", "tries", "verified_at", "last_error")
    exact_search = ("public_id",)
    search_help_text = "Public id of the code"
