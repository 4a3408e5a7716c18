import pytest

from common.errors import NotAllowed
from community import actions, errors, queries
from community.models import Tag

pytestmark = pytest.mark.django_db


def test_two_spellings_are_one_tag(make_question, stranger):
    first = make_question(tags=["eSIM", " esim "])
    second = make_question(by=stranger, tags=["ＥＳＩＭ"])

    tag = Tag.objects.get()
    assert list(first.tags.all()) == list(second.tags.all()) == [tag]
    assert tag.name == "eSIM"
    assert tag.question_count == 2


def test_a_chinese_tag_has_a_readable_address(make_question):
    make_question(title="携号转网要等多久", tags=["携号转网"])

    tag = Tag.objects.get()
    assert (tag.slug, tag.language) == ("xie-hao-zhuan-wang", "zh-hans")


def test_tags_that_read_alike_in_an_address_stay_two(make_question):
    make_question(tags=["c++", "c#"])

    assert sorted(Tag.objects.values_list("slug", flat=True)) == ["c", "c-2"]


def test_five_tags_are_enough(make_question):
    make_question(tags=["a1", "a2", "a3", "a4", "a5", "A5"])

    with pytest.raises(errors.TooManyTags):
        make_question(tags=["a1", "a2", "a3", "a4", "a5", "a6"])


@pytest.mark.parametrize(
    "name", ["<script>", "x" * 36, "--", "a,b", 'say "hi"', "\u202eevil", "no\x00"]
)
def test_a_tag_is_a_word_not_a_program(make_question, name):
    with pytest.raises(errors.TagNotUsable):
        make_question(tags=[name])
    assert not Tag.objects.exists()


def test_a_tag_of_35_characters_is_taken(make_question):
    assert make_question(tags=["携" * 35]).tags.count() == 1


def test_a_synonym_leads_to_the_tag_it_stands_for(make_question, manager, stranger):
    old = make_question(tags=["MNP"])
    make_question(tags=["port-in"])
    port_in, mnp = Tag.objects.get(name="port-in"), Tag.objects.get(name="MNP")

    actions.make_synonym(tag=mnp, canonical=port_in, by=manager)

    new = make_question(by=stranger, tags=["mnp", "port-in"])
    port_in.refresh_from_db()
    assert list(new.tags.all()) == list(old.tags.all()) == [port_in]
    assert port_in.question_count == 3
    assert queries.find_tag("mnp") == port_in


def test_only_managers_make_synonyms_and_never_chains(
    make_question, manager, moderator
):
    make_question(tags=["one", "two", "three"])
    one, two, three = (Tag.objects.get(name=name) for name in ("one", "two", "three"))

    with pytest.raises(NotAllowed):
        actions.make_synonym(tag=one, canonical=two, by=moderator)
    actions.make_synonym(tag=one, canonical=two, by=manager)
    with pytest.raises(errors.NotACanonicalTag):
        actions.make_synonym(tag=three, canonical=one, by=manager)
    actions.make_synonym(tag=two, canonical=three, by=manager)
    assert queries.find_tag("one") == three
