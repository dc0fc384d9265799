from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0008_store_on_map"),
    ]

    operations = [
        migrations.AddField(
            model_name="message",
            name="asked_for",
            field=models.BooleanField(default=False, help_text="The customer waits for this answer, at night too."),
        ),
    ]
