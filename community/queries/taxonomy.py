"""Circles and tags, as people look for them."""

from django.db.models import Count, Q, QuerySet

from community.actions.tagging import tag_key
from community.models import Circle, PostState, Tag


def open_circles() -> QuerySet[Circle]:
    return Circle.objects.filter(is_open=True).order_by("position", "slug")


def find_circle(slug: str) -> Circle:
    """Raises Circle.DoesNotExist."""
    return Circle.objects.get(slug=slug)


def circles_with_counts(language: str) -> QuerySet[Circle]:
    """All circles with `visible_count`, their questions in this language. One query."""
    seen = Q(questions__state=PostState.VISIBLE, questions__language=language)
    return Circle.objects.annotate(
        visible_count=Count("questions", filter=seen)
    ).order_by("position", "slug")


def find_tag(slug: str) -> Tag:
    """The tag to show at this address: a synonym gives the tag it stands for.

    Compare the slugs to know whether to redirect. Raises Tag.DoesNotExist.
    """
    tag = Tag.objects.select_related("synonym_of").get(slug=slug)
    return tag.synonym_of or tag


def popular_tags(language: str, limit: int = 20) -> QuerySet[Tag]:
    return Tag.objects.filter(
        language=language, synonym_of=None, question_count__gt=0
    ).order_by("-question_count", "name")[:limit]


def tags_starting(text: str, language: str, limit: int = 8) -> QuerySet[Tag]:
    """What somebody may be typing, most used first, this language's before others."""
    key = tag_key(text)
    if not key:
        return Tag.objects.none()
    return (
        Tag.objects.filter(name_key__startswith=key, synonym_of=None)
        .annotate(is_ours=Count("pk", filter=Q(language=language)))
        .order_by("-is_ours", "-question_count", "name")[:limit]
    )
