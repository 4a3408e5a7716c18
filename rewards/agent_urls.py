"""Addresses of the agents' bench, under /<language>/agents/."""

from django.urls import path

from rewards.views import agents

urlpatterns = [
    path("", agents.bench, name="agent_bench"),
    path("invitation/", agents.invitation, name="agent_invitation"),
    path("terms/", agents.terms, name="agent_terms"),
    path("change/", agents.change, name="agent_change"),
    path("topics/", agents.topics, name="agent_topics"),
    path("notices/<int:pk>/", agents.notice, name="agent_notice"),
    path("line/", agents.line, name="agent_line"),
    path("replies/", agents.replies, name="agent_replies"),
    path("replies/<int:pk>/", agents.replies, name="agent_reply"),
    path(
        "replies/<int:pk>/use/<int:question_id>/",
        agents.use_reply,
        name="agent_use_reply",
    ),
    path("report/", agents.report, name="agent_report"),
    path("training/", agents.training, name="agent_training"),
    path("training/<slug:slug>/", agents.ability, name="agent_ability"),
    path("certificates/<int:pk>/", agents.certificate, name="agent_certificate"),
]
