from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RewardsConfig(AppConfig):
    name = "rewards"
    verbose_name = _("Rewards")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from common import append_only
        from people import registries

        import_module("rewards.agent_notifications")
        for module in ("badge_notifications", "badge_receivers"):
            import_module(f"rewards.{module}")
        for module in ("checks", "freshness", "notifications", "receivers"):
            import_module(f"rewards.{module}")
        for module in ("fairplay_notifications", "sign_ins"):
            import_module(f"rewards.{module}")
        from rewards.actions.agents import forget_agent
        from rewards.actions.badges import forget_badges
        from rewards.actions.deciding import forget_in_cases
        from rewards.actions.granting import forget_reasons
        from rewards.actions.hiding import forget_hiding
        from rewards.actions.leaving import forget_purse
        from rewards.actions.levels import forget_level
        from rewards.actions.noticing import forget_notices
        from rewards.actions.scoring import forget_scores
        from rewards.queries import agent_export, points_export
        from rewards.queries.badges import badges_export
        from rewards.queries.catalogue import gifts_export
        from rewards.queries.fairplay import fair_play_export
        from rewards.queries.leaders import scores_export

        registries.export("rewards")(points_export)
        registries.export("leader_scores")(scores_export)
        registries.erasure(forget_scores)
        registries.export("badges")(badges_export)
        for forget in (forget_badges, forget_hiding, forget_level):
            registries.erasure(forget)
        append_only.register("rewards.BadgeEvent", allow_update=["reason"])
        registries.export("agent")(agent_export)
        registries.erasure(forget_agent)
        registries.export("gifts")(gifts_export)
        registries.export("fair_play")(fair_play_export)
        registries.erasure(forget_in_cases)
        append_only.register("rewards.CaseStep", allow_update=["reason"])
        registries.grant(registries.MODERATORS, "rewards.review_fair_play")
        registries.grant(
            registries.MANAGERS, "rewards.review_fair_play", "rewards.answer_appeals"
        )
        registries.erasure(forget_purse)
        registries.erasure(forget_notices)
        registries.erasure(forget_reasons)
        for model in ("Transfer", "Entry", "LotUse"):
            append_only.register(f"rewards.{model}")
        for model in ("AgentStep", "Evaluation"):
            # What was said about somebody goes when they are erased.
            append_only.register(f"rewards.{model}", allow_update=["note"])
        for model in ("TermsConsent", "TestTry", "ProgrammeTerms", "Criterion"):
            append_only.register(f"rewards.{model}")
        for group in registries.GROUPS:
            registries.grant(group, "rewards.commend_answers")
        registries.grant(
            registries.MANAGERS, "rewards.manage_rewards", "rewards.manage_agents"
        )
