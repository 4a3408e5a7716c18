"""A tag's newest threads are found in its taggings alone. First the column; a release
that does not know it may still write."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("community", "0007_index_every_order")]

    operations = [
        migrations.AddField(
            model_name="tagging",
            name="asked_at",
            field=models.DateTimeField(null=True),
        ),
    ]
