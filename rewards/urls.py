from django.urls import include, path

from rewards.views import (
    catalogue,
    drops,
    giving,
    holds,
    leaders,
    purse,
    statement,
)

app_name = "rewards"

urlpatterns = [
    path("agents/", include("rewards.agent_urls")),
    path("", include("rewards.badge_urls")),
    path("", include("rewards.fairplay_urls")),
    path("leaders/<str:handle>/", leaders.why, name="leader"),
    path("rewards/", catalogue.home, name="home"),
    path("rewards/history/", purse.history, name="history"),
    path("rewards/statements/", statement.this_month, name="statements"),
    path(
        "rewards/statements/<int:year>/<int:month>/",
        statement.statement,
        name="statement",
    ),
    path(
        "rewards/statements/<int:year>/<int:month>/csv/",
        statement.statement_file,
        name="statement_file",
    ),
    path("rewards/causes/", giving.charities, name="charities"),
    path("rewards/causes/<slug:slug>/", giving.charity, name="charity"),
    path("rewards/causes/<slug:slug>/donate/", giving.donate, name="donate"),
    path("rewards/pass-on/", giving.pass_on, name="pass_on"),
    path("rewards/pass-on/send/", giving.pass_them_on, name="pass_them_on"),
    path("rewards/carry-over/", purse.carry_over, name="carry_over"),
    path("rewards/redemptions/<int:pk>/", catalogue.redemption, name="redemption"),
    path("rewards/redemptions/<int:pk>/confirm/", holds.confirm, name="confirm"),
    path("rewards/redemptions/<int:pk>/let-go/", holds.let_go, name="let_go"),
    path("rewards/link/<str:token>/", holds.link, name="link"),
    path("rewards/<slug:slug>/", catalogue.gift, name="gift"),
    path("rewards/<slug:slug>/redeem/", catalogue.redeem, name="redeem"),
    path("rewards/<slug:slug>/hold/", holds.hold, name="hold"),
    path("rewards/<slug:slug>/waiting/", drops.waiting, name="waiting"),
    path("rewards/<slug:slug>/enter/", drops.enter, name="enter_room"),
    path("rewards/<slug:slug>/leave/", drops.leave, name="leave_room"),
]
