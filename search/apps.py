from django.apps import AppConfig
from django.core.checks import register
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class SearchConfig(AppConfig):
    name = "search"
    verbose_name = _("Search")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from search.checks import engine_is_installed, meaning_can_be_told

        register(meaning_can_be_told)
        register(engine_is_installed)
        # Haystack reads these modules late; what they register must be known before
        # the first search.
        autodiscover_modules("search_indexes")
