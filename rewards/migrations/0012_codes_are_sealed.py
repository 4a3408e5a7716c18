"""No code lies open any more, and each exists once."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("rewards", "0011_seal_the_codes"),
    ]

    operations = [
        migrations.RemoveField(
            model_name="voucher",
            name="code",
        ),
        migrations.AddConstraint(
            model_name="voucher",
            constraint=models.UniqueConstraint(
                fields=("gift", "code_digest"), name="a_code_exists_once"
            ),
        ),
    ]
