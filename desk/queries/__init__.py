"""What pages, rules and other rooms ask the desk."""

from desk.queries.escalation import due, due_moment, rule_for_requests, why
from desk.queries.tickets import (
    DeskCounts,
    Filters,
    MyTicket,
    QueuePage,
    StaffTicketPage,
    ThreadState,
    TicketPage,
    colleagues,
    counts,
    find_ticket,
    my_tickets,
    queue_page,
    staff_ticket_page,
    thread_state,
    ticket_page,
    tickets_of,
)

__all__ = [
    "DeskCounts",
    "Filters",
    "MyTicket",
    "QueuePage",
    "StaffTicketPage",
    "ThreadState",
    "TicketPage",
    "colleagues",
    "counts",
    "due",
    "due_moment",
    "find_ticket",
    "my_tickets",
    "queue_page",
    "rule_for_requests",
    "staff_ticket_page",
    "thread_state",
    "ticket_page",
    "tickets_of",
    "why",
]
