from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("inventory", "0002_append_only_movements")]

    operations = [
        # Counters change at every sale: with room in the page the new version stays beside the old one (HOT) and no
        # index is touched.
        migrations.RunSQL(
            "ALTER TABLE inventory_stocklevel SET (fillfactor = 75)",
            "ALTER TABLE inventory_stocklevel RESET (fillfactor)",
        )
    ]
