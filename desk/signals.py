"""Facts the desk announces, inside the transaction that makes them true."""

from django.dispatch import Signal

ticket_opened = Signal()  # ticket, at
ticket_answered = Signal()  # ticket, by, at: privately or in the thread
ticket_ended = Signal()  # ticket, at: resolved or closed
ticket_reopened = Signal()  # ticket, at
