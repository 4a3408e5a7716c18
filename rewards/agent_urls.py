"""Addresses of the agents' bench, under /<language>/agents/."""

from django.urls import path

from rewards.views import (
    agent_bench,
    agent_report,
    agent_training,
    agents,
)

urlpatterns = [
    path("", agent_bench.bench, name="agent_bench"),
    path("invitation/", agents.invitation, name="agent_invitation"),
    path("terms/", agents.terms, name="agent_terms"),
    path("change/", agents.change, name="agent_change"),
    path("topics/", agent_bench.topics, name="agent_topics"),
    path("notices/<int:pk>/", agent_bench.notice, name="agent_notice"),
    path("line/", agent_bench.line, name="agent_line"),
    path("replies/", agent_bench.replies, name="agent_replies"),
    path("replies/<int:pk>/", agent_bench.replies, name="agent_reply"),
    path(
        "replies/<int:pk>/use/<int:question_id>/",
        agent_bench.use_reply,
        name="agent_use_reply",
    ),
    path("report/", agent_report.report, name="agent_report"),
    path("training/", agent_training.training, name="agent_training"),
    path("training/<slug:slug>/", agent_training.ability, name="agent_ability"),
    path(
        "certificates/<int:pk>/", agent_training.certificate, name="agent_certificate"
    ),
]
