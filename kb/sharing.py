"""The picture of an official page where somebody shares it."""

from django.utils import translation
from django.utils.translation import gettext as _

from common.sharing import SharePicture
from kb.models import ArticlePage, HallPage
from kb.models.pages import KbPage

KIND = "pages"


def picture_of(page: KbPage) -> SharePicture:
    title = page.headline if isinstance(page, HallPage) else page.title
    kicker = ""
    if isinstance(page, ArticlePage):
        with translation.override(page.content_language):
            kicker = _("Official article")
    return SharePicture(KIND, page.pk, title, kicker, page.content_language)
