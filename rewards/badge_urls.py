"""Addresses of leaderboards, badges and levels."""

from django.urls import path

from rewards.views import badges, boards

urlpatterns = [
    path("leaders/", boards.leaders, name="leaders"),
    path("leaders/me/", boards.me, name="my_place"),
    path("badges/", badges.badges, name="badges"),
    path("badges/<slug:slug>/", badges.badge, name="badge"),
    path("levels/", badges.levels, name="levels"),
]
