"""A display name is free, but no link and no disguise."""

import pytest

from common.errors import Refused
from people.errors import NameNotAllowed, NameReserved
from people.names import clean_display_name, imported_name


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Lin Jian", "Lin Jian"),
        ("  林 建  ", "林 建"),
        ("O'Brien-Smith", "O'Brien-Smith"),
        ("J. R. Tolkien", "J. R. Tolkien"),
        ("ＶＩＰ林建", "VIP林建"),
        ("Дмитрий", "Дмитрий"),
        ("👩‍🔧 Ana", "👩‍🔧 Ana"),
        ("Team Rocket", "Team Rocket"),
        ("", ""),
    ],
)
def test_names_people_have_are_kept(typed, kept):
    assert clean_display_name(typed) == kept


@pytest.mark.parametrize(
    "name",
    [
        "visit evil.example",
        "http://evil",
        "www.evil",
        "me@evil",
        "evil．com",
        "Lin\r\nBcc: all",
        "Lin\u200bJian",
    ],
)
def test_a_name_that_mail_would_make_a_link_of_is_refused(name):
    with pytest.raises(NameNotAllowed):
        clean_display_name(name)


@pytest.mark.parametrize("name", ["Lin\x00", "Lin\u202eJian", "x" * 61, "Lin\ud800"])
def test_a_broken_or_endless_name_is_refused(name):
    with pytest.raises(Refused):
        clean_display_name(name)


@pytest.mark.parametrize(
    "name",
    [
        "Admin",
        "аdmin",
        "ADM1N",
        "Admin Li",
        "Support",
        "ｓｔａｆｆ",
        "官方客服",
        "O f f i c i a l",
        "Former Member",
        "已注销用户",
    ],
)
def test_a_name_that_passes_as_the_house_is_refused(name):
    with pytest.raises(NameReserved):
        clean_display_name(name)

    assert clean_display_name(name, allow_reserved=True)


def test_an_imported_name_is_made_harmless_instead_of_refused():
    assert imported_name("spam.example\n\u202e@x") == "spam example x"
    assert imported_name("x" * 200) == "x" * 60
    assert imported_name("\ud800\u200b") == ""


@pytest.mark.parametrize(
    "name",
    [
        "Admın",
        "Ádmïn",
        "ᴀᴅᴍɪɴ",
        "Ꭺdmin",
        "ꓮdmin",
        "Adոin Admiո",
        "Ѕtaff",
        "Mоdегаtог",
        "οfficial",
        "Ａnswеrhall",
        "Ad\u0301min Li",
    ],
)
def test_the_house_in_disguise_is_still_the_house(name):
    with pytest.raises(NameReserved):
        clean_display_name(name)


@pytest.mark.parametrize(
    "name", ["José Núñez", "Иван Петров", "Γιώργος", "Արամ", "Zoë", "Adaım", "王小明"]
)
def test_names_from_all_over_the_world_are_names(name):
    assert clean_display_name(name) == name
