"""What the desk keeps: its queues and rules, its tickets and what happened to them."""

from desk.models.rules import EscalationRule, Priority, Queue, RuleFiring
from desk.models.tickets import (
    ENDED,
    TRANSITIONS,
    Ticket,
    TicketEvent,
    TicketMessage,
    TicketState,
)

__all__ = [
    "ENDED",
    "TRANSITIONS",
    "EscalationRule",
    "Priority",
    "Queue",
    "RuleFiring",
    "Ticket",
    "TicketEvent",
    "TicketMessage",
    "TicketState",
]
