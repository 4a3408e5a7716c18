from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DeskConfig(AppConfig):
    name = "desk"
    verbose_name = _("Desk")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from common import append_only
        from people import registries

        for module in ("notices", "receivers"):
            import_module(f"desk.{module}")
        append_only.register("desk.TicketEvent")
        # The ticket is filled in by the transaction that wrote the firing.
        append_only.register("desk.RuleFiring", allow_update=["ticket"])

        for group in registries.GROUPS:
            registries.grant(group, "desk.request_escalation")
        registries.grant(registries.DESK, "desk.work_tickets")
        registries.grant(registries.MANAGERS, "desk.work_tickets", "desk.manage_rules")
        _register_personal_data()


def _register_personal_data() -> None:
    from desk import actions
    from people import registries

    registries.erasure(actions.forget_tickets)
    registries.export("tickets")(actions.export_tickets)
