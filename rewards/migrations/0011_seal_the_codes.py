"""Codes that lie open are sealed, a batch at a time; again does no harm."""

from typing import Any

from django.db import migrations

from rewards.sealing import digests, seal, unseal

BATCH = 500


def seal_codes(apps: Any, _schema_editor: Any) -> None:
    voucher_model = apps.get_model("rewards", "Voucher")
    left = voucher_model.objects.filter(sealed_code="").order_by("pk")
    while vouchers := list(left[:BATCH]):
        for voucher in vouchers:
            voucher.sealed_code = seal(voucher.code)
            voucher.code_digest = digests(voucher.code)[0]
            voucher.code = ""
        voucher_model.objects.bulk_update(
            vouchers, ["sealed_code", "code_digest", "code"]
        )


def open_codes(apps: Any, _schema_editor: Any) -> None:
    voucher_model = apps.get_model("rewards", "Voucher")
    left = voucher_model.objects.exclude(sealed_code="").order_by("pk")
    while vouchers := list(left[:BATCH]):
        for voucher in vouchers:
            voucher.code = unseal(voucher.sealed_code)
            voucher.sealed_code = voucher.code_digest = ""
        voucher_model.objects.bulk_update(
            vouchers, ["sealed_code", "code_digest", "code"]
        )


class Migration(migrations.Migration):
    dependencies = [("rewards", "0010_gifts_are_held_and_drawn")]

    operations = [migrations.RunPython(seal_codes, open_codes)]
