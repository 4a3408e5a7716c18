"""The halls' own addresses, and the form beside them."""

from django.urls import path, re_path
from wagtail.urls import serve_pattern

from kb import views

app_name = "kb"
urlpatterns = [
    path("articles/<int:article_id>/feedback/", views.feedback, name="feedback"),
    # Before Wagtail's own and called like it: what the name means elsewhere, that a
    # page finds its language by the prefix, is true here too.
    re_path(serve_pattern, views.serve, name="wagtail_serve"),
]
