"""Addresses of the staff pages."""

from django.urls import path

from cxportal.dashboards import customers, styleguide, today

urlpatterns = [
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
    path("styleguide/", styleguide.styleguide, name="styleguide"),
]
