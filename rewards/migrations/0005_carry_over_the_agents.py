"""Who served before the programme had steps goes on serving, with steps to show it."""

from django.db import migrations

SERVING = ("supported", "rewarded")
STEPS = ("found", "evaluated", "invited", "accepted", "supported")


def carry_over(apps, schema_editor):
    """Write the steps of terms that have none; a second run finds none."""
    AgentTerm = apps.get_model("rewards", "AgentTerm")
    AgentStep = apps.get_model("rewards", "AgentStep")
    for term in AgentTerm.objects.filter(steps=None).iterator(chunk_size=500):
        steps = []
        before = ""
        for number, state in enumerate(STEPS, start=1):
            steps.append(
                AgentStep(
                    term=term,
                    number=number,
                    from_state=before,
                    to_state=state,
                    who="manager",
                    actor_id=term.appointed_by_id,
                    reason="before",
                    note=term.note if number == 1 else "",
                    at=term.started_at,
                )
            )
            before = state
        term.state, term.state_since = "supported", term.started_at
        if term.ended_at:
            by_manager = term.ended_by_id is not None
            steps.append(
                AgentStep(
                    term=term,
                    number=len(STEPS) + 1,
                    from_state=before,
                    to_state="ended",
                    who="manager" if by_manager else "programme",
                    actor_id=term.ended_by_id,
                    reason="removed" if by_manager else "erased",
                    at=term.ended_at,
                )
            )
            term.state, term.state_since = "ended", term.ended_at
        AgentStep.objects.bulk_create(steps)
        term.save(update_fields=["state", "state_since"])


def give_back(apps, schema_editor):
    """Tell of each term what could be told before; one that never began has ended."""
    AgentTerm = apps.get_model("rewards", "AgentTerm")
    for term in AgentTerm.objects.filter(appointed_by=None).iterator(chunk_size=500):
        steps = list(term.steps.order_by("number"))
        managers = [step.actor_id for step in steps if step.who == "manager"]
        term.appointed_by_id = managers[0] if managers else term.person_id
        term.note = steps[0].note
        if term.state not in SERVING and term.ended_at is None:
            term.ended_at = term.state_since
        if term.state == "ended" and steps[-1].who == "manager":
            term.ended_by_id = steps[-1].actor_id
        term.started_at = term.started_at or term.ended_at
        term.save(
            update_fields=["appointed_by", "note", "started_at", "ended_at", "ended_by"]
        )


class Migration(migrations.Migration):
    dependencies = [("rewards", "0004_the_agents_programme")]

    operations = [migrations.RunPython(carry_over, give_back)]
