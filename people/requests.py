"""What views behind login_required are given."""

from django.http import HttpRequest

from people.models import Person


class SignedInRequest(HttpRequest):
    user: Person
