"""Addresses of the staff pages."""

from django.contrib.auth import views as auth
from django.urls import path

from cxportal.dashboards import calibration, customers, door, keep_aside, styleguide, today
from cxportal.dashboards.forms import ChangePasswordForm, DoorForm, ResetPasswordForm
from cxportal.login import BrakedLoginView

# The other pages of logging in are Django's own: django.contrib.auth.urls.
urlpatterns = [
    path("login/", BrakedLoginView.as_view(authentication_form=DoorForm), name="login"),
    path("logout/", door.logout, name="logout"),
    path(
        "password_change/",
        auth.PasswordChangeView.as_view(form_class=ChangePasswordForm),
        name="password_change",
    ),
    path(
        "reset/<uidb64>/<token>/",
        auth.PasswordResetConfirmView.as_view(form_class=ResetPasswordForm),
        name="password_reset_confirm",
    ),
    path("", today.today, name="today"),
    path("today/ledger/", today.ledger_part, name="today-ledger"),
    path("today/figures/", today.figures_part, name="today-figures"),
    path("today/ticket/", today.ticket, name="today-ticket"),
    path("customers/", customers.customers, name="customers"),
    path("customers/find/", customers.find, name="customer-find"),
    path("customers/find-by-name/", customers.find_by_name, name="customer-find-by-name"),
    path("customers/<uuid:public_id>/", customers.customer, name="customer"),
    path("customers/<uuid:public_id>/timeline/", customers.timeline_part, name="customer-timeline"),
    path("customers/<uuid:public_id>/reveal/", customers.reveal, name="customer-reveal"),
    path("customers/<uuid:public_id>/keep/", keep_aside.keep_aside, name="customer-keep"),
    path("calibration/", calibration.calibration_page, name="calibration"),
    path("styleguide/", styleguide.styleguide, name="styleguide"),
]
