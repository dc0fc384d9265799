from django.db import migrations

from customers.append_only import refuse_changes


class Migration(migrations.Migration):
    dependencies = [("customers", "0004_vault_rights")]

    # The vault's role has no right to change the log anyway (0004); the trigger stops the owner of the tables too.
    operations = [refuse_changes("vault.access_log")]
