"""Bring stored bodies up to date with blocks, renderer and files."""

from kb.bodies import BODY_VERSION
from kb.models import ArticlePage, PlainPage
from kb.models.drawn import DRAWN_FIELDS, DrawnPage


def draw_outdated_bodies() -> int:
    """Draw every body of another version anew; return how many.

    Only the drawn fields are written: an editor saving meanwhile loses nothing.
    """
    drawn = 0
    models: tuple[type[DrawnPage], ...] = (ArticlePage, PlainPage)
    for model in models:
        outdated = model.objects.exclude(body_version=BODY_VERSION).order_by("pk")
        for page in outdated.select_related("locale").iterator(chunk_size=100):
            version = page.body_version
            page.draw_body()
            drawn += model.objects.filter(pk=page.pk, body_version=version).update(
                **{field: getattr(page, field) for field in DRAWN_FIELDS}
            )
    return drawn
