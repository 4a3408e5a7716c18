from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CommunityConfig(AppConfig):
    name = "community"
    verbose_name = _("Community")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from common import append_only
        from people import registries

        for module in ("freshness", "notifications", "receivers", "search_indexes"):
            import_module(f"community.{module}")
        from community.actions.privacy import export_member, forget_member

        registries.erasure(forget_member)
        registries.export("community")(export_member)
        append_only.register("community.QuestionEvent")
        append_only.register("community.ReputationChange")
        append_only.register("community.PostRevision")
        registries.grant(
            registries.MODERATORS, registries.ENTER_ADMIN, "community.moderate_posts"
        )
        registries.grant(
            registries.MANAGERS,
            "community.moderate_posts",
            "community.manage_taxonomy",
        )
