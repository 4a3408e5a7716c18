import gettext
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from answerhall import translations

CODE = """
from django.utils.translation import gettext_lazy as _, ngettext, pgettext

GREETING = _("Welcome to the hall")
LONG = _(
    "What happened, what was kept"
    " and what to do."
)
OPEN = pgettext("status", "Open")


def said(name, number):
    words = ngettext("%(number)d point", "%(number)d points", number)
    return words % {"number": number}
"""
PAGE = """
{% load i18n %}
<h1 title="{% translate 'Ask' %}">{% translate "100% free" %}</h1>
\u00a0\u3000   {{ word|default:_("Nobody") }}
    {% blocktranslate trimmed with name=person.name %}
      Hello {{ name }},
      welcome back.
    {% endblocktranslate %}
  {% blocktranslate trimmed count n=n %}
  one answer{% plural %}{{ n }} answers
  {% endblocktranslate %}
{% comment %}_("not this") {% translate "nor this" %}{% endcomment %}
"""


@pytest.fixture(autouse=True)
def rooms(tmp_path, monkeypatch) -> Path:
    """A house of two rooms; the first holds a module and a page."""
    for room in ("porch", "attic"):
        (tmp_path / room / "templates" / room).mkdir(parents=True)
    write(tmp_path / "porch/doors.py", CODE)
    write(tmp_path / "porch/templates/porch/door.html", PAGE)
    monkeypatch.setattr(translations, "ROOMS", ["porch", "attic"])
    monkeypatch.setattr(translations, "folder", lambda room: tmp_path / room)
    return tmp_path


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def po(room: str = "porch") -> str:
    return translations.po_path(room).read_text(encoding="utf-8")


def translate(english: str, chinese: str, room: str = "porch") -> None:
    """Fill one sentence in, as a translator does."""
    text = po(room)
    for empty in ('msgstr ""', 'msgstr[0] ""'):
        before, found, after = text.partition(f'"{english}"\n{empty}\n')
        if found:
            filled = found.replace('""\n', f'"{chinese}"\n')
            write(translations.po_path(room), before + filled + after)
            return
    raise AssertionError(f"{english!r} waits for no translation in:\n{text}")


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("translations", *arguments, stdout=out)
    return out.getvalue()


def problems() -> str:
    """What `translations check` complains about."""
    out = StringIO()
    with pytest.raises(CommandError, match="problem"):
        call_command("translations", "check", stdout=out)
    return out.getvalue()


def only(sentence: str) -> None:
    """Leave the house this one sentence."""
    translations.folder("porch").joinpath("templates/porch/door.html").unlink()
    write(translations.folder("porch") / "doors.py", f"X = _({sentence!r})\n")
    run("update")


def test_every_marked_sentence_of_code_and_pages_is_found():
    assert run("update", "porch") == "porch: 9 sentences, 9 to translate\n"

    catalog = translations.known("porch")
    assert {message.id for message in catalog if message.id} == {
        "Welcome to the hall",
        "What happened, what was kept and what to do.",
        "Open",
        ("%(number)d point", "%(number)d points"),
        "Ask",
        "100%% free",
        "Nobody",
        "Hello %(name)s, welcome back.",
        ("one answer", "%(n)s answers"),
    }
    assert catalog.get("Open", context="status")


def test_collecting_again_changes_nothing_and_names_no_line_or_day():
    run("update")
    first = po()
    write(translations.folder("porch") / "doors.py", "# A new first line.\n" + CODE)

    run("update")

    assert po() == first
    assert "#: porch/doors.py\n" in first
    assert "Date" not in first


def test_a_translation_stays_when_other_sentences_come_and_go():
    run("update")
    translate("Ask", "提问")
    write(
        translations.folder("porch") / "doors.py",
        'NEW = _("Welcome to the new hall")\n',
    )

    assert run("update", "porch") == "porch: 6 sentences, 5 to translate\n"

    assert 'msgid "Ask"\nmsgstr "提问"' in po()
    assert '"Welcome to the new hall"\nmsgstr ""' in po()
    assert "Welcome to the hall" not in po()
    assert "fuzzy" not in po()


def test_a_sentence_that_moves_to_another_room_takes_its_translation_along():
    run("update")
    translate("Ask", "提问")
    write(translations.folder("attic") / "doors.py", 'ASK = _("Ask")\n')

    run("update", "attic")

    assert 'msgid "Ask"\nmsgstr "提问"' in po("attic")


def test_a_sentence_that_gains_a_plural_keeps_its_translation():
    only("%(n)s answers")
    translate("%(n)s answers", "%(n)s 个回答")
    write(
        translations.folder("porch") / "doors.py",
        'X = ngettext("%(n)s answers", "%(n)s replies", n)\n',
    )

    run("update")

    assert 'msgstr[0] "%(n)s 个回答"' in po()


def test_a_room_without_sentences_has_no_catalogue():
    run("update")

    assert not translations.po_path("attic").exists()


def test_a_file_that_cannot_be_read_is_named():
    write(translations.folder("porch") / "doors.py", 'X = _("unfinished\n')

    with pytest.raises(CommandError, match=r"porch/doors\.py"):
        run("update")


def test_a_page_that_cannot_be_read_is_named():
    write(
        translations.folder("porch") / "templates/porch/door.html",
        "{% load i18n %}{% blocktranslate %}{% if x %}{% endblocktranslate %}",
    )

    with pytest.raises(CommandError, match=r"porch/templates/porch/door\.html"):
        run("update")


def test_what_is_translated_is_compiled_and_what_is_not_stays_english():
    run("update")
    translate("Ask", "提问")
    translate("%(number)d points", "%(number)d 积分")
    write(
        translations.po_path("porch"),
        po().replace(
            'msgid "Nobody"\nmsgstr ""', '#, fuzzy\nmsgid "Nobody"\nmsgstr "没有人"'
        ),
    )

    assert run("compile") == "Compiled 2 sentences of 2 rooms.\n"

    with translations.po_path("porch").with_suffix(".mo").open("rb") as file:
        chinese = gettext.GNUTranslations(file)
    assert chinese.gettext("Ask") == "提问"
    assert chinese.ngettext("%(number)d point", "%(number)d points", 1) == (
        "%(number)d 积分"
    )
    assert chinese.gettext("Nobody") == "Nobody"
    assert chinese.gettext("Welcome to the hall") == "Welcome to the hall"


def test_compiling_again_writes_the_same_file():
    run("update")
    translate("Ask", "提问")
    run("compile")
    compiled = translations.po_path("porch").with_suffix(".mo")
    first = compiled.read_bytes()

    run("compile", "--quiet")

    assert compiled.read_bytes() == first


def test_a_complete_house_passes():
    only("Ask")
    translate("Ask", "提问")

    assert run("check") == "The sentences of 2 rooms are complete.\n"
    assert run("check", "--quiet") == ""


def test_a_sentence_nobody_collected_is_missing():
    only("Ask")
    translate("Ask", "提问")
    write(translations.folder("porch") / "more.py", 'MORE = _("Answer")\n')

    assert problems() == "porch: missing: 'Answer'\n"


def test_a_sentence_nobody_translated_is_told():
    only("Ask")

    assert problems() == "porch: not translated: 'Ask'\n"


def test_a_guess_is_no_translation():
    only("Ask")
    translate("Ask", "提问")
    write(translations.po_path("porch"), po().replace("msgid", "#, fuzzy\nmsgid"))

    assert "porch: fuzzy: 'Ask'\n" in problems()


def test_a_sentence_the_code_no_longer_holds_is_told():
    only("Ask")
    translate("Ask", "提问")
    write(translations.folder("porch") / "doors.py", "")

    assert problems() == "porch: no longer used: 'Ask'\n"


def test_a_sentence_kept_as_a_comment_is_told():
    only("Ask")
    translate("Ask", "提问")
    write(translations.po_path("porch"), po() + '\n#~ msgid "Old"\n#~ msgstr "旧"\n')

    assert problems() == "porch: no longer used: 'Old'\n"


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("%(name)s answered", "%(who)s 回答了"),
        ("%(name)s answered", "有人回答了"),
        ("%(n)d of %(all)d", "%(n)d"),
        ("{count} left", "剩 {n} 个"),
        ("%s asked", "有人提问"),
    ],
)
def test_a_translation_that_fills_in_something_else_is_told(english, chinese):
    only(english)
    translate(english, chinese)

    assert problems() == f"porch: other places to fill in: {english!r}\n"


def test_a_percent_sign_that_would_break_the_page_is_told():
    only("%(n)s %% done")
    translate("%(n)s %% done", "完成 %(n)s %")

    assert "porch: a % that is not doubled" in problems()


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("Over 30 % of all", "超过 30 %"),
        ("%(first)s and %(second)s", "%(second)s 和 %(first)s"),
        ("Half (50%%) of %(n)s", "%(n)s 的一半（50%%）"),
    ],
)
def test_a_translation_may_order_its_words_freely(english, chinese):
    only(english)
    translate(english, chinese)

    assert "complete" in run("check")


def test_one_sentence_with_two_translations_is_told():
    write(translations.folder("attic") / "doors.py", 'ASK = _("Ask")\n')
    only("Ask")
    translate("Ask", "提问")
    translate("Ask", "询问", room="attic")

    assert problems() == "translated differently: 'Ask' (porch: 提问; attic: 询问)\n"


def test_a_plural_that_changed_is_told():
    only("%(n)s answers")
    translate("%(n)s answers", "%(n)s 个回答")
    write(
        translations.folder("porch") / "doors.py",
        'X = ngettext("%(n)s answers", "%(n)s replies", n)\n',
    )

    assert problems() == "porch: its plural changed: '%(n)s answers'\n"


def test_a_room_that_does_not_exist_is_refused():
    with pytest.raises(CommandError, match="No such room: cellar. There are: porch"):
        run("update", "cellar")
