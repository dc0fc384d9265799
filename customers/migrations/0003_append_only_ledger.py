from django.db import migrations

from customers.append_only import FUNCTION, append_only


class Migration(migrations.Migration):
    dependencies = [("customers", "0002_vault_and_messages")]

    operations = [
        migrations.RunSQL(FUNCTION, "DROP FUNCTION refuse_change()"),
        append_only("customers_interaction"),
        append_only("customers_consent"),
    ]
