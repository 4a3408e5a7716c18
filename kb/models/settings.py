"""What an operator brands the hall with: no code, one form in /admin/."""

from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import get_language, gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting
from wagtail.models import Page

from kb.models.media import ArticleImage


def _page_link(label: Any) -> models.ForeignKey:
    return models.ForeignKey(
        Page,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=label,
        help_text=_("Readers get its translation in their language."),
    )


@register_setting(icon="site")
class HallSettings(BaseGenericSetting):
    hall_name_en = models.CharField(
        _("name of the hall, in English"), max_length=60, default="Answerhall"
    )
    hall_name_zh = models.CharField(
        _("name of the hall, in Chinese"), max_length=60, default="问答厅"
    )
    operator_en = models.CharField(
        _("operator, in English"), max_length=100, blank=True
    )
    operator_zh = models.CharField(
        _("operator, in Chinese"), max_length=100, blank=True
    )
    logo = models.ForeignKey(
        ArticleImage,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("logo"),
    )
    hue = models.PositiveSmallIntegerField(
        _("accent hue"),
        default=218,
        validators=[MaxValueValidator(360)],
        help_text=_("0–360: 25 red, 145 green, 218 blue. Contrast is kept for you."),
    )
    tone = models.DecimalField(
        _("accent strength"),
        max_digits=4,
        decimal_places=3,
        default="0.085",
        validators=[MinValueValidator(0), MaxValueValidator(0.13)],
        help_text=_("0 is grey, 0.13 is vivid."),
    )
    hotline = models.CharField(_("hotline"), max_length=40, blank=True)
    contact_email = models.EmailField(_("contact e-mail"), blank=True)
    hours_en = models.CharField(
        _("opening hours, in English"), max_length=120, blank=True
    )
    hours_zh = models.CharField(
        _("opening hours, in Chinese"), max_length=120, blank=True
    )
    footer_en = models.TextField(_("footer, in English"), max_length=500, blank=True)
    footer_zh = models.TextField(_("footer, in Chinese"), max_length=500, blank=True)
    icp_number = models.CharField(
        _("ICP filing number"),
        max_length=60,
        blank=True,
        help_text=_("For example 京ICP备12345678号-1; linked to beian.miit.gov.cn."),
    )
    public_security_number = models.CharField(
        _("public security filing number"),
        max_length=60,
        blank=True,
        help_text=_("For example 京公网安备11010102000001号."),
    )
    rules_page = _page_link(_("how this hall works"))
    privacy_page = _page_link(_("privacy policy"))
    terms_page = _page_link(_("terms of use"))
    licence_page = _page_link(_("licence of contributions"))

    panels = [
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("hall_name_en"), FieldPanel("hall_name_zh")]),
                FieldRowPanel([FieldPanel("operator_en"), FieldPanel("operator_zh")]),
                FieldPanel("logo"),
                FieldRowPanel([FieldPanel("hue"), FieldPanel("tone")]),
            ],
            heading=_("Brand"),
        ),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("hotline"), FieldPanel("contact_email")]),
                FieldRowPanel([FieldPanel("hours_en"), FieldPanel("hours_zh")]),
            ],
            heading=_("Contact"),
        ),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("footer_en"), FieldPanel("footer_zh")]),
                FieldRowPanel(
                    [FieldPanel("icp_number"), FieldPanel("public_security_number")]
                ),
                FieldPanel("rules_page"),
                FieldPanel("privacy_page"),
                FieldPanel("terms_page"),
                FieldPanel("licence_page"),
            ],
            heading=_("Footer and documents"),
        ),
    ]

    class Meta:
        verbose_name = _("hall settings")
        verbose_name_plural = _("hall settings")

    @property
    def name(self) -> str:
        return self._in_readers_language("hall_name")

    @property
    def operator(self) -> str:
        return self._in_readers_language("operator")

    @property
    def hours(self) -> str:
        return self._in_readers_language("hours")

    @property
    def footer(self) -> str:
        return self._in_readers_language("footer")

    def _in_readers_language(self, field: str) -> str:
        """The other language is better than nothing."""
        wanted, other = ("zh", "en") if _reader_is_chinese() else ("en", "zh")
        return getattr(self, f"{field}_{wanted}") or getattr(self, f"{field}_{other}")


def _reader_is_chinese() -> bool:
    return (get_language() or "").startswith("zh")
