from django.conf import settings
from django.db import migrations

# New tables of the vault can be read and added to by its role (bootstrap.database_sql); what may also be changed and
# deleted stands here. The access log is not among them.
CHANGEABLE = ("identity", "message_content", "source_payload")


class Migration(migrations.Migration):
    dependencies = [("customers", "0003_append_only_ledger")]

    operations = [
        migrations.RunSQL(
            f'GRANT UPDATE, DELETE ON vault.{table} TO "{settings.VAULT_ROLE}"',
            f'REVOKE UPDATE, DELETE ON vault.{table} FROM "{settings.VAULT_ROLE}"',
        )
        for table in CHANGEABLE
    ]
