"""Every tagging knows it now: required, and the order of a tag's list."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("community", "0009_say_when_asked")]

    operations = [
        migrations.AlterField(
            model_name="tagging",
            name="asked_at",
            field=models.DateTimeField(),
        ),
        migrations.AddIndex(
            model_name="tagging",
            index=models.Index(
                fields=["tag", "-asked_at", "-question"], name="newest_with_a_tag"
            ),
        ),
        migrations.RemoveIndex(model_name="tagging", name="newest_of_a_tag"),
    ]
