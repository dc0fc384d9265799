from django.db import migrations

# What was kept aside before there were two steps had been put aside; who named no store would fetch it anywhere.
MOVE = """
UPDATE inventory_hold SET code = upper(translate(substr(md5(random()::text || id), 1, 6), '01', '89'));
UPDATE inventory_hold SET in_hand_at = placed_at WHERE state IN ('ACTIVE', 'COLLECTED');
UPDATE inventory_hold SET state = 'IN_HAND' WHERE state = 'ACTIVE';
INSERT INTO inventory_waitlistentry_stores (waitlistentry_id, store_id)
SELECT w.id, l.store_id FROM inventory_waitlistentry w JOIN inventory_stocklevel l ON l.product_id = w.product_id
WHERE w.store_id IS NULL OR w.store_id = l.store_id;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("inventory", "0005_promises"),
    ]

    operations = [
        migrations.RunSQL(MOVE, migrations.RunSQL.noop),
    ]
