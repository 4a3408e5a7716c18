"""Addresses without a language."""

from django.urls import path

from search import views

app_name = "search_root"
urlpatterns = [path("opensearch.xml", views.description, name="description")]
