"""Codes lie sealed in the database; keys can be changed, and a code exists once."""

from io import StringIO

import pytest
from cryptography.fernet import Fernet
from django.core.management import call_command
from django.db import connection

from rewards import actions, queries
from rewards.checks import voucher_keys_are_keys
from rewards.models import DeliveryHook, Voucher
from rewards.sealing import WrongKeys, seal, unseal

pytestmark = pytest.mark.django_db


@pytest.fixture
def film(make_gift):
    gift = make_gift(stock_mode="codes", stock=0)
    actions.add_codes(gift=gift, codes=["CINEMA-7Q2K"])
    gift.refresh_from_db()
    return gift


def everything_stored():
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM rewards_voucher")
        return repr(cursor.fetchall())


def test_the_database_does_not_hold_the_code(film):
    assert "CINEMA-7Q2K" not in everything_stored()
    assert Voucher.objects.get().code == "CINEMA-7Q2K"


def test_a_code_exists_once_however_it_is_sealed(film):
    stock = actions.add_codes(gift=film, codes=["CINEMA-7Q2K", "NEW", "NEW"])

    assert stock == 2
    assert Voucher.objects.count() == 2


def test_the_same_code_is_sealed_differently_each_time():
    assert seal("A") != seal("A")
    assert unseal(seal("A")) == "A"


def test_keys_are_changed_without_losing_a_code(
    film, settings, help_somebody, helper, redeem
):
    old = settings.ANSWERHALL_VOUCHER_KEYS
    DeliveryHook.objects.create(name="h", url="https://a.cn/", sealed_key=seal("k"))
    new = Fernet.generate_key().decode()
    settings.ANSWERHALL_VOUCHER_KEYS = [new, *old]
    assert actions.add_codes(gift=film, codes=["CINEMA-7Q2K"]) == 1

    said = StringIO()
    call_command("seal_codes_anew", stdout=said)
    assert "1 codes and 1 keys" in said.getvalue()
    settings.ANSWERHALL_VOUCHER_KEYS = [new]

    assert Voucher.objects.get().code == "CINEMA-7Q2K"
    assert unseal(DeliveryHook.objects.get().sealed_key) == "k"
    assert actions.add_codes(gift=film, codes=["CINEMA-7Q2K"]) == 1
    again = StringIO()
    call_command("seal_codes_anew", stdout=again)
    assert "0 codes" in again.getvalue()
    help_somebody()
    assert queries.code_of(redeem(helper, film)) == "CINEMA-7Q2K"


def test_without_its_key_a_code_is_not_guessed_at(film, settings):
    settings.ANSWERHALL_VOUCHER_KEYS = [Fernet.generate_key().decode()]

    with pytest.raises(WrongKeys):
        assert Voucher.objects.get().code


@pytest.mark.parametrize("keys", [[], ["short"], ["change-me"], [""]])
def test_a_site_without_a_proper_key_does_not_start(keys, settings):
    settings.ANSWERHALL_VOUCHER_KEYS = keys

    assert [error.id for error in voucher_keys_are_keys()] == ["rewards.E001"]


def test_a_made_key_is_one(settings):
    said = StringIO()
    call_command("voucher_key", stdout=said)
    settings.ANSWERHALL_VOUCHER_KEYS = [said.getvalue().strip()]

    assert voucher_keys_are_keys() == []
