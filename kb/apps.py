from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class KbConfig(AppConfig):
    name = "kb"
    verbose_name = _("Knowledge base")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from people.registries import EDITORS, MANAGERS, grant

        for group in (EDITORS, MANAGERS):
            grant(
                group,
                "wagtailadmin.access_admin",
                "kb.edit_articles",
                "kb.view_articlefeedback",
                "simple_translation.submit_translation",
                "search.add_synonymgroup",
                "search.change_synonymgroup",
                "search.delete_synonymgroup",
                "search.add_pinnedresults",
                "search.change_pinnedresults",
                "search.delete_pinnedresults",
                "search.view_querylog",
            )
        grant(
            MANAGERS,
            "kb.change_hallsettings",
            "wagtailredirects.add_redirect",
            "wagtailredirects.change_redirect",
            "wagtailredirects.delete_redirect",
        )
        for module in ("freshness", "receivers"):
            import_module(f"kb.{module}")
        import_module("kb.staff_screens").write_words_as_text()
