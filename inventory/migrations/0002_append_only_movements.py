from django.db import migrations

from customers.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("inventory", "0001_initial"), ("customers", "0003_append_only_ledger")]

    operations = [append_only("inventory_stockmovement")]
