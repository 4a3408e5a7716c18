"""Members' words for subjects: found or made by what they mean, not how typed."""

import unicodedata
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F

from common.errors import NotAllowed
from common.text import pinyin_slug
from community import numbers, permissions
from community.actions import guarding, telling
from community.errors import NotACanonicalTag, TagNotUsable, TooManyTags
from community.models import Question, Tag, Tagging
from people.models import Person

_SIGNS = set(" +#.-/&_·")


def tag_key(name: str) -> str:
    """What makes "ＥＳＩＭ", "eSIM" and " esim" one tag."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    return " ".join(folded.split())


def tags_named(
    names: Sequence[str],
    *,
    language: str,
    person: Person | None = None,
    at: datetime | None = None,
) -> list[Tag]:
    """The tags of these names, made where missing, synonyms resolved, each once.

    Making new ones counts against the person's limit, if one is given.
    """
    wanted: dict[str, str] = {}
    for name in names:
        if name.strip():
            wanted.setdefault(tag_key(name), _spelled(name))
    if len(wanted) > numbers.TAGS_MOST:
        raise TooManyTags(most=numbers.TAGS_MOST)
    for name in wanted.values():
        _refuse_unless_usable(name)
    known = Tag.objects.select_related("synonym_of").filter(name_key__in=wanted)
    found = {tag.name_key: tag for tag in known}
    # In one order, so that two askers never wait for each other's new tags.
    for key, name in sorted(wanted.items()):
        if key not in found:
            if person is not None and at is not None:
                guarding.spend("new_tag", person, at, *numbers.NEW_TAG_LIMITS)
            found[key] = make_tag(name, language=language)
    tags = [found[key].synonym_of or found[key] for key in wanted]
    return list({tag.pk: tag for tag in tags}.values())


def make_tag(name: str, *, language: str) -> Tag:
    """Make a tag, or return the one somebody else made in the same moment."""
    key = tag_key(name)
    stem = pinyin_slug(name, max_length=70)
    for attempt in range(1, 100):
        slug = stem if attempt == 1 else f"{stem}-{attempt}"
        if Tag.objects.filter(slug=slug).exists():
            continue
        try:
            with transaction.atomic():
                return Tag.objects.create(
                    slug=slug, name=name, name_key=key, language=language
                )
        except IntegrityError:
            if twin := Tag.objects.filter(name_key=key).first():
                return twin
    raise TagNotUsable(name=name, most=numbers.TAG_NAME_MOST)


def put_on(question: Question, tags: Iterable[Tag]) -> None:
    """Give a question exactly these tags and keep the tags' counts."""
    wanted = {tag.pk for tag in tags}
    present = set(
        Tagging.objects.filter(question=question).values_list("tag_id", flat=True)
    )
    Tagging.objects.filter(question=question, tag__in=present - wanted).delete()
    Tagging.objects.bulk_create(
        [Tagging.of(question, pk) for pk in sorted(wanted - present)]
    )
    if question.is_visible:
        count_tags(present - wanted, -1)
        count_tags(wanted - present, +1)


def count_tags(tag_ids: Iterable[int], change: int) -> None:
    """In the order of their ids, so that two askers never wait for each other."""
    for pk in sorted(tag_ids):
        row = Tag.objects.filter(pk=pk)
        if change < 0:
            row = row.filter(question_count__gte=-change)
        row.update(question_count=F("question_count") + change)


@transaction.atomic
def make_synonym(*, tag: Tag, canonical: Tag, by: Person) -> Tag:
    """Let a tag lead to another; its questions move there. Returns the latter."""
    if not permissions.may_manage_taxonomy(by):
        raise NotAllowed
    canonical.refresh_from_db()
    if canonical.synonym_of_id is not None or canonical.pk == tag.pk:
        raise NotACanonicalTag
    Tag.objects.filter(synonym_of=tag).update(synonym_of=canonical)
    Tag.objects.filter(pk=tag.pk).update(synonym_of=canonical, question_count=0)
    moved = list(Question.objects.filter(tags=tag))
    Tagging.objects.bulk_create(
        [Tagging.of(question, canonical.pk) for question in moved],
        ignore_conflicts=True,
    )
    Tagging.objects.filter(tag=tag).delete()
    canonical.question_count = Question.objects.visible().filter(tags=canonical).count()
    canonical.save(update_fields=["question_count"])
    for question in moved:
        telling.index_again(question)
    return canonical


def _spelled(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).split())


def _refuse_unless_usable(name: str) -> None:
    has_letter = any(char.isalnum() for char in name)
    all_fine = all(char.isalnum() or char in _SIGNS for char in name)
    if not (has_letter and all_fine and len(name) <= numbers.TAG_NAME_MOST):
        shown = name[: numbers.TAG_NAME_MOST]
        raise TagNotUsable(name=shown, most=numbers.TAG_NAME_MOST)
