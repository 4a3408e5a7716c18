"""How a ticket's number stands in an address."""

from django.urls import register_converter

from desk.models.tickets import reference_from


class TicketReference:
    """As people type it: small letters, and O, I and L for 0 and 1, lead there too."""

    regex = "[0-9A-Za-z]{8}"

    def to_python(self, value: str) -> str:
        return reference_from(value)

    def to_url(self, value: str) -> str:
        return value


register_converter(TicketReference, "ticket_reference")
