"""Queries written once, addresses remembered, templates folded: nothing differs."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Event, Thread
from time import sleep
from typing import ClassVar

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.template import Engine
from django.template.base import NodeList
from django.template.context import Context
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, reverse
from django.utils import translation
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy

from common import folding
from common.addresses import address
from common.folding import Folded
from common.prepared import prepared
from people.models import Person

pytestmark = pytest.mark.django_db

LIBRARIES = {"components": "common.templatetags.components"}


@prepared
def people_called(*handles: str) -> QuerySet[Person]:
    return Person.objects.filter(handle__in=handles).order_by("handle")


@prepared
def people_among(ids: tuple[int, ...], *, most: int) -> QuerySet[Person]:
    return Person.objects.filter(pk__in=ids).order_by("pk")[:most]


@prepared
def handles_of(ids: tuple[int, ...]) -> QuerySet[Person, str]:
    rows = Person.objects.filter(pk__in=ids).order_by("pk")
    return rows.values_list("handle", flat=True)


@prepared
def people_with(part: str) -> QuerySet[Person]:
    return Person.objects.filter(handle__contains=part)


def test_the_same_query_finds_somebody_else_for_another_value(make_person) -> None:
    ann, bob = make_person(handle="ann"), make_person(handle="bob")
    assert people_called("ann") == [ann]
    assert people_called("bob") == [bob]
    assert people_called("nobody") == []
    assert people_called("bob", "ann") == [ann, bob]


def test_a_value_is_never_read_as_sql(make_person) -> None:
    make_person(handle="ann")
    assert people_called("ann' OR '1'='1") == []
    assert people_called("%s") == []


def test_any_number_of_ids_may_be_asked_for(make_person) -> None:
    people = [make_person(handle=f"person{n}") for n in range(5)]
    for count in range(6):
        some = tuple(person.pk for person in people[:count])
        assert people_among(some, most=10) == people[:count]
        assert handles_of(some) == [person.handle for person in people[:count]]


def test_what_decides_the_query_is_named(make_person) -> None:
    people = [make_person(handle=f"person{n}") for n in range(3)]
    everybody = tuple(person.pk for person in people)
    assert people_among(everybody, most=1) == people[:1]
    assert people_among(everybody, most=2) == people[:2]


def test_rows_are_asked_for_each_time(make_person) -> None:
    assert people_called("late") == []
    late = make_person(handle="late")
    with CaptureQueriesContext(connection) as queries:
        assert people_called("late") == [late]
    assert len(queries) == 1


def test_a_value_that_django_would_change_is_refused() -> None:
    with pytest.raises(TypeError, match="not a value as it was given"):
        people_with("ann")


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_addresses_are_those_of_the_resolver(language: str) -> None:
    with translation.override(language):
        for name, args in (
            ("community:questions", ()),
            ("community:answer", (7,)),
            ("community:flag", ("answers", 8)),
            ("people:profile", ("王小明",)),
            ("people:profile", ("{0}",)),
        ):
            assert address(name, *args) == reverse(name, args=args)
            assert address(name, *args) == reverse(name, args=args)


def test_an_address_that_does_not_exist_is_an_error_each_time() -> None:
    for _time in range(2):
        with pytest.raises(NoReverseMatch):
            address("community:questions", 1)


@pytest.fixture
def folded(tmp_path: Path) -> Iterator[Engine]:
    plain = ["django.template.loaders.filesystem.Loader"]
    yield Engine(
        dirs=[str(tmp_path)],
        loaders=[("common.folding.Loader", plain)],
        libraries={**LIBRARIES, "i18n": "django.templatetags.i18n"},
    )


WORDS = """{% load i18n components %}{% comment %}Not shown.{% endcomment %}
<p>{% icon "check" %} {% translate "Questions" %}
  {% blocktranslate trimmed %}Ask a question{% endblocktranslate %}</p>
{% for name in names %}<b>{% translate "Answer" %} {{ name }}</b>{% endfor %}
{% if loud %}{% translate "Solved" %}{% else %}{% translate "Closed" %}{% endif %}
{% translate "Answered" as word %}{{ word }}
{% blocktranslate with who=names.0 %}
  Answer by {{ who }}, {{ pk }}
{% endblocktranslate %}
{% blocktranslate trimmed count n=pk with number=pk|add:1 %}
  {{ n }} answer of {{ number }}
{% plural %}
  {{ n }} answers of {{ number }} {{ nothing }}
{% endblocktranslate %}
{% blocktranslate asvar kept %}Closed by {{ pk }}{% endblocktranslate %}{{ kept }}
{% url "community:questions" %} {% url "community:answer" 7 %}
{% url "community:answer" pk %} {% url "nowhere" pk as none %}[{{ none }}]
"""


@pytest.mark.parametrize("loud", [True, False])
def test_a_folded_template_says_what_it_said_unfolded(
    folded: Engine, tmp_path: Path, loud: bool
) -> None:
    (tmp_path / "words.html").write_text(WORDS)
    template = folded.get_template("words.html")
    assert any(isinstance(node, Folded) for node in template.nodelist)
    for language in ("en", "zh-hans", "en"):
        for names in (["<Ann>"], ["Bob", "王"]):
            given = {"names": names, "loud": loud, "pk": 12}
            with translation.override(language):
                said = template.render(Context(given))
                assert said == folded.from_string(WORDS).render(Context(given))
    assert "/zh-hans/" not in said


class Thing:
    """Whatever a template may be handed."""

    word = "<word>"
    shelf: ClassVar = {"items": "kept under a key", "deep": {"n": 7}}
    row: ClassVar = ["first", "second"]

    @property
    def broken(self) -> str:
        raise AttributeError("inside")

    def said(self) -> str:
        return "<said>"

    def asks(self, what: str) -> str:
        return what

    def delete(self) -> str:
        raise AssertionError("a template deletes nothing")

    delete.alters_data = True  # type: ignore[attr-defined]

    def __str__(self) -> str:
        return "<thing>"


ASKING = """{% load i18n %}
{{ ASKED }} {% if ASKED %}yes{% endif %}
{% for one in thing.row %}{{ one }} {{ ASKED }} {{ forloop.counter }}{% endfor %}
{% with kept=ASKED %}{{ kept }}{% endwith %} {{ ASKED|default_if_none:"none" }}
{% blocktranslate with said=ASKED %}It is {{ said }}{% endblocktranslate %}
"""


@pytest.mark.parametrize("escaped", [True, False])
@pytest.mark.parametrize(
    "asked",
    [
        "thing",
        "thing.word",
        "thing.word|upper",
        "thing.word|add:thing.row.0",
        "thing.nothing",
        "nothing.at.all",
        "thing.shelf.items",
        "thing.shelf.values",
        "thing.shelf.deep.n",
        "thing.row.1",
        "thing.row.7",
        "thing.said",
        "thing.asks",
        "thing.delete",
        "values.none",
        "values.yes",
        "values.small",
        "values.large",
        "values.float",
        "values.safe",
        "values.lazy",
        "values.day",
        "values.moment",
        "0",
        "1234",
        "'<b>'",
    ],
)
def test_every_value_is_found_and_written_as_ever(
    folded: Engine, tmp_path: Path, asked: str, escaped: bool
) -> None:
    source = ASKING.replace("ASKED", asked)
    (tmp_path / "one.html").write_text(source)
    values = {
        "none": None,
        "yes": True,
        "small": -999,
        "large": 1_234_567,
        "float": 1.5,
        "safe": mark_safe("<i>"),
        "lazy": gettext_lazy("Solved"),
        "day": date(2026, 2, 3),
        "moment": datetime(2026, 2, 3, 16, 5, tzinfo=UTC),
    }
    given = {"thing": Thing(), "values": values}
    for language in ("en", "zh-hans"):
        with translation.override(language):
            quick, plain = (
                template.render(Context(given, autoescape=escaped))
                for template in (
                    folded.get_template("one.html"),
                    folded.from_string(source),
                )
            )
        assert quick == plain


def test_an_error_inside_a_property_reaches_the_log(
    folded: Engine, tmp_path: Path
) -> None:
    (tmp_path / "broken.html").write_text("{{ thing.broken }}")
    template = folded.get_template("broken.html")
    with pytest.raises(AttributeError, match="inside"):
        template.render(Context({"thing": Thing()}))


def test_nobody_gets_a_template_that_is_being_folded(
    folded: Engine, tmp_path: Path, monkeypatch
) -> None:
    (tmp_path / "words.html").write_text(WORDS)
    fold, begun = folding._fold, Event()

    def slowly(nodes: NodeList) -> None:
        begun.set()
        sleep(0.05)
        fold(nodes)

    monkeypatch.setattr(folding, "_fold", slowly)
    first = Thread(target=folded.get_template, args=["words.html"])
    first.start()
    begun.wait()
    template = folded.get_template("words.html")
    assert any(isinstance(node, Folded) for node in template.nodelist)
    first.join()


def test_an_address_in_a_template_that_does_not_exist_is_an_error(
    folded: Engine, tmp_path: Path
) -> None:
    (tmp_path / "lost.html").write_text("{% url 'community:answer' who %}")
    template = folded.get_template("lost.html")
    for who in ("nobody", "", None):
        with pytest.raises(NoReverseMatch):
            template.render(Context({"who": who}))
