"""The journeys app, as Django knows it."""

from django.apps import AppConfig


class JourneysConfig(AppConfig):
    """The ways customers take, and what happened when one broke."""

    name = "journeys"
