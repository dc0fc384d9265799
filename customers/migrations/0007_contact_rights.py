from django.conf import settings
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("customers", "0006_contact_codes")]

    operations = [
        migrations.RunSQL(
            f'GRANT DELETE ON vault.contact_address TO "{settings.VAULT_ROLE}"',
            f'REVOKE DELETE ON vault.contact_address FROM "{settings.VAULT_ROLE}"',
        )
    ]
