from django.urls import path

from rewards.views import catalogue, leaders

app_name = "rewards"

urlpatterns = [
    path("leaders/", leaders.leaders, name="leaders"),
    path("rewards/", catalogue.home, name="home"),
    path("rewards/history/", catalogue.history, name="history"),
    path("rewards/redemptions/<int:pk>/", catalogue.redemption, name="redemption"),
    path("rewards/<slug:slug>/", catalogue.gift, name="gift"),
    path("rewards/<slug:slug>/redeem/", catalogue.redeem, name="redeem"),
]
