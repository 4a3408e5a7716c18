"""What people fill in."""

from django import forms
from django.http import HttpRequest

from people.models import Person


class SignupDetails(forms.Form):
    def signup(self, request: HttpRequest, user: Person) -> None:
        pass
