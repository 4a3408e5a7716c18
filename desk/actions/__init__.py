"""Every way the desk can change. One function per change."""

from desk.actions.ending import close, reopen, say_it_is_solved
from desk.actions.escalating import Run, run_escalations
from desk.actions.following import (
    thread_answered,
    thread_removed,
    thread_reopened,
    thread_restored,
    thread_solved,
)
from desk.actions.opening import (
    escalate,
    open_private_ticket,
    open_ticket,
    request_escalation,
)
from desk.actions.privacy import export_tickets, forget_tickets
from desk.actions.working import (
    add_internal_note,
    assign,
    post_reply_to_thread,
    reply_to_asker,
    route,
    take,
    write_to_us,
)

__all__ = [
    "Run",
    "add_internal_note",
    "assign",
    "close",
    "escalate",
    "export_tickets",
    "forget_tickets",
    "open_private_ticket",
    "open_ticket",
    "post_reply_to_thread",
    "reopen",
    "reply_to_asker",
    "request_escalation",
    "route",
    "run_escalations",
    "say_it_is_solved",
    "take",
    "thread_answered",
    "thread_removed",
    "thread_reopened",
    "thread_restored",
    "thread_solved",
    "write_to_us",
]
