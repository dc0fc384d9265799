from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("inventory", "0009_store_of_hold")]

    operations = [
        # Beliefs change at every sale: with room in the page the new version stays beside the old one (HOT) and no
        # index is touched.
        migrations.RunSQL(
            "ALTER TABLE inventory_shelfbelief SET (fillfactor = 70)",
            "ALTER TABLE inventory_shelfbelief RESET (fillfactor)",
        )
    ]
