"""The addresses of feeds, under /feeds/ and a language."""

from django.urls import path

from answerhall import feeds
from common import converters  # noqa: F401  registers row_id

urlpatterns = [
    path("questions.atom", feeds.questions, name="feed"),
    path("tags/<slug:slug>.atom", feeds.tagged, name="feed_of_a_tag"),
    path("circles/<slug:slug>.atom", feeds.circle, name="feed_of_a_circle"),
    path("questions/<row_id:pk>.atom", feeds.thread, name="feed_of_a_thread"),
]
