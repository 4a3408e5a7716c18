"""Blocks, kept beside the HTML they were last drawn as."""

from typing import Any

from django.db import models
from django.utils.safestring import mark_safe
from django.utils.translation import get_language, gettext_lazy as _
from wagtail.fields import StreamField

from kb.blocks import ArticleBody
from kb.bodies import BODY_VERSION, Body, plain_text, render_body, shown
from kb.models.pages import KbPage

DRAWN_FIELDS = ("body_html", "body_contents", "body_version")


class DrawnPage(KbPage):
    """Drawing blocks costs more than the rest of a page together: do it on save.

    The drawn fields are derived (serialize=False keeps them out of revisions).
    Whoever shows a body asks `drawn_body`, which draws what is missing or outdated.
    """

    body = StreamField(ArticleBody(), verbose_name=_("body"), blank=True)
    body_html = models.TextField(editable=False, default="", serialize=False)
    body_contents = models.JSONField(editable=False, default=list, serialize=False)
    body_version = models.PositiveIntegerField(
        editable=False, default=0, serialize=False
    )

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        only = kwargs.get("update_fields")
        if only is None or "body" in only:
            # The parent's language is known only once Wagtail has set the locale.
            if self.locale_id is None:
                self.locale = self.get_default_locale()
            self.draw_body()
            if only is not None:
                kwargs["update_fields"] = {*only, *DRAWN_FIELDS}
        super().save(*args, **kwargs)

    def draw_body(self) -> None:
        drawn = self._draw()
        self.body_html, self.body_contents = str(drawn.html), drawn.contents
        self.body_version = BODY_VERSION

    def fresh_body(self) -> Body:
        """Drawn now: for previews, whose blocks were never saved."""
        return shown(self._draw())

    def _draw(self) -> Body:
        language = self.locale.language_code if self.locale_id else get_language()
        return render_body(self.body, language or "en")

    @property
    def body_text(self) -> str:
        """Its words. They can be read before the icons have an address."""
        if self.body_version != BODY_VERSION:
            return plain_text(str(self._draw().html))
        return plain_text(self.body_html)

    @property
    def drawn_body(self) -> Body:
        if self.body_version != BODY_VERSION:
            return self.fresh_body()
        # Drawn by render_body, which is where it was made safe.
        drawn = Body(mark_safe(self.body_html), self.body_contents)  # noqa: S308
        return shown(drawn)
