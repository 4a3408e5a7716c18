from django.urls import path

from rewards.views import fairplay

urlpatterns = [
    path("rewards/review/<int:pk>/", fairplay.review, name="review"),
    path("rewards/review/<int:pk>/appeal/", fairplay.appeal, name="appeal"),
]
