"""Where customers find their tickets. All under the language of the interface."""

from django.urls import path

from desk import converters  # noqa: F401  registers itself
from desk.views import tickets

app_name = "desk"

urlpatterns = [
    path("tickets/", tickets.my_tickets, name="my_tickets"),
    path("tickets/new/", tickets.new, name="new"),
    path("tickets/for-question/<int:pk>/", tickets.ask_our_team, name="ask_our_team"),
    path("tickets/<ticket_reference:reference>/", tickets.ticket, name="ticket"),
    path("tickets/<ticket_reference:reference>/reply/", tickets.reply, name="reply"),
    path("tickets/<ticket_reference:reference>/solved/", tickets.solved, name="solved"),
    path("tickets/<ticket_reference:reference>/reopen/", tickets.reopen, name="reopen"),
]
