"""The surveys app, as Django knows it."""

from django.apps import AppConfig


class SurveysConfig(AppConfig):
    """Ask, answer, score, improve."""

    name = "surveys"
