"""The way out, for those who come by its address too."""

from django.contrib.auth import views
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render

from customers.permissions import public


@public
def logout(request: HttpRequest) -> HttpResponseBase:
    """Signing out is a POST, or any picture on any page could do it; by GET the page asks."""
    if request.method == "POST":
        return views.LogoutView.as_view()(request)
    if not request.user.is_authenticated:
        return redirect("login")
    return render(request, "registration/logout.html")
