"""Where a question belongs: one circle made by staff, some tags made by members."""

from django.db import models
from django.utils.translation import get_language, gettext_lazy as _, pgettext_lazy

from common.addresses import address


class Circle(models.Model):
    slug = models.SlugField(_("address"), max_length=60, unique=True)
    name_en = models.CharField(_("name in English"), max_length=60)
    name_zh = models.CharField(_("name in Chinese"), max_length=60)
    about_en = models.CharField(_("about, in English"), max_length=200, blank=True)
    about_zh = models.CharField(_("about, in Chinese"), max_length=200, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_open = models.BooleanField(
        pgettext_lazy("circle", "open"),
        default=True,
        help_text=_("People can ask in it."),
    )

    class Meta:
        verbose_name = _("circle")
        verbose_name_plural = _("circles")
        ordering = ["position", "slug"]
        permissions = [("manage_taxonomy", _("Can manage circles and tags"))]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return address("community:circle", self.slug)

    @property
    def name(self) -> str:
        return self.name_zh if _reader_is_chinese() else self.name_en

    @property
    def about(self) -> str:
        return self.about_zh if _reader_is_chinese() else self.about_en


class Tag(models.Model):
    """A member's word for a subject. `name_key` is what makes two spellings one."""

    slug = models.SlugField(_("address"), max_length=80, unique=True)
    name = models.CharField(pgettext_lazy("tag", "name"), max_length=40)
    name_key = models.CharField(max_length=80, unique=True, editable=False)
    language = models.CharField(_("language"), max_length=10, default="en")
    synonym_of = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="synonyms",
        verbose_name=_("synonym of"),
    )
    translation_of = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="translations",
        verbose_name=_("translation of"),
    )
    question_count = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        ordering = ["name"]
        indexes = [
            models.Index(fields=["language", "-question_count"], name="tag_by_use")
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return address("community:tagged", self.slug)


def _reader_is_chinese() -> bool:
    return (get_language() or "").startswith("zh")
