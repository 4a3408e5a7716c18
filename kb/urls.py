"""Addresses beside Wagtail's own: /<lang>/kb/… is served by its pages."""

from django.urls import path

from kb import views

app_name = "kb"
urlpatterns = [
    path("articles/<int:article_id>/feedback/", views.feedback, name="feedback"),
]
