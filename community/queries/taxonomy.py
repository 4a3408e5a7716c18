"""Circles and tags, as people look for them."""

from django.db.models import QuerySet

from community.models import Circle, Tag


def open_circles() -> QuerySet[Circle]:
    return Circle.objects.filter(is_open=True).order_by("position", "slug")


def find_circle(slug: str) -> Circle:
    """Raises Circle.DoesNotExist."""
    return Circle.objects.get(slug=slug)


def find_tag(slug: str) -> Tag:
    """The tag to show at this address: a synonym gives the tag it stands for.

    Compare the slugs to know whether to redirect. Raises Tag.DoesNotExist.
    """
    tag = Tag.objects.select_related("synonym_of").get(slug=slug)
    return tag.synonym_of or tag


def used_tags(language: str) -> QuerySet[Tag]:
    """Tags that stand on a question, without synonyms, in no order yet."""
    return Tag.objects.filter(language=language, synonym_of=None, question_count__gt=0)


def popular_tags(language: str, limit: int = 20) -> QuerySet[Tag]:
    return used_tags(language).order_by("-question_count", "name")[:limit]
