"""What the back offices of all floors are built on. Registers nothing: that is each app's `admin`."""

from customers.backoffice.base import Grows, PortalAdmin, WrittenBySystem
from customers.backoffice.clock import store_time
from customers.backoffice.site import RecordingSite, target_key

__all__ = ["Grows", "PortalAdmin", "RecordingSite", "WrittenBySystem", "store_time", "target_key"]
