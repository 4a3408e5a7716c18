"""Who may edit what in Wagtail: our own permissions decide, not one a model."""

from typing import Any

from wagtail.permission_policies import ModelPermissionPolicy


class _OnePermission(ModelPermissionPolicy):
    """Everything about the model hangs on one permission of ours."""

    permission = ""
    actions = frozenset({"add", "change", "delete", "view"})

    def user_has_permission(self, user: Any, action: str) -> bool:
        return action in self.actions and user.has_perm(self.permission)

    def user_has_any_permission(self, user: Any, actions: Any) -> bool:
        return any(self.user_has_permission(user, action) for action in actions)


class GiftPermissions(_OnePermission):
    """Nothing is deleted: rules are switched off, gifts hidden."""

    permission = "rewards.manage_rewards"
    actions = frozenset({"add", "change", "view"})


class LadderPermissions(_OnePermission):
    """A step nobody's gift hangs on may go; members then stand on the one below."""

    permission = "rewards.manage_rewards"


class ScorePermissions(_OnePermission):
    """A new version is added; old ones stay as they were."""

    permission = "rewards.manage_agents"
    actions = frozenset({"add", "view"})


class AgentPermissions(_OnePermission):
    """What the programme works with is switched off or withdrawn, never deleted."""

    permission = "rewards.manage_agents"
    actions = frozenset({"add", "change", "view"})


class FairPlayPermissions(_OnePermission):
    """A new version is added; cases say under which they were opened."""

    permission = "rewards.answer_appeals"
    actions = frozenset({"add", "view"})


class FigurePermissions(_OnePermission):
    """There is one row, made with the site."""

    permission = "rewards.manage_agents"
    actions = frozenset({"change", "view"})
