"""Pictures for the eyes of a few: those there are stay public."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("community", "0010_order_by_when_asked")]

    operations = [
        migrations.AddField(
            model_name="attachment",
            name="is_private",
            field=models.BooleanField(default=False),
        ),
    ]
