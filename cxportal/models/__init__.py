"""The portal's own records: staff, keys, imports, audit."""

from cxportal.models.access import ApiKey, AuditEvent, IdempotentCall
from cxportal.models.imports import ImportBatch
from cxportal.models.staff import StaffMember

__all__ = ["ApiKey", "AuditEvent", "IdempotentCall", "ImportBatch", "StaffMember"]
