"""Floor 1: who customers are, where and how we meet them, what they allowed, what passed between us."""

from customers.models.channel import Channel, Touchpoint
from customers.models.consent import Consent, Preference, Way
from customers.models.contact import ContactCode
from customers.models.customer import Customer, Identifier
from customers.models.interaction import Interaction
from customers.models.message import Message
from customers.models.sealed import AccessLog, ContactAddress, Identity, MessageContent, SourcePayload
from customers.models.source import Source, SourceRecord
from customers.models.store import Store

__all__ = [
    "AccessLog",
    "Channel",
    "Consent",
    "ContactAddress",
    "ContactCode",
    "Customer",
    "Identifier",
    "Identity",
    "Interaction",
    "Message",
    "MessageContent",
    "Preference",
    "Source",
    "SourcePayload",
    "SourceRecord",
    "Store",
    "Touchpoint",
    "Way",
]
