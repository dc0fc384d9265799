"""Coming in: login, password reset by e-mail, and the way out."""

import re

import pytest
from django.core import mail
from django.test import Client

from cxportal.roles import Role
from tests.factories import PASSWORD, make_staff

pytestmark = pytest.mark.django_db
NEW = "quite-another-9-word"


def test_login_leads_to_the_page_that_was_asked_for(client: Client) -> None:
    make_staff(Role.CX_HEAD, username="ines")
    asked = client.get("/customers/")
    assert asked["Location"] == "/login/?next=/customers/"
    answer = client.post(asked["Location"], {"username": "ines", "password": PASSWORD})
    assert answer["Location"] == "/customers/"


def test_login_does_not_lead_elsewhere(client: Client) -> None:
    make_staff(Role.CX_HEAD, username="ines")
    answer = client.post("/login/?next=https://elsewhere.example/", {"username": "ines", "password": PASSWORD})
    assert answer["Location"] == "/"


def test_wrong_password_keeps_the_name_and_says_what_to_do(client: Client) -> None:
    make_staff(Role.CX_HEAD, username="ines")
    answer = client.post("/login/", {"username": "ines", "password": "wrong"})
    assert answer.status_code == 200
    page = answer.content.decode()
    assert 'value="ines"' in page
    assert "Name and password do not match." in page


def test_a_new_password_has_its_rules_in_one_sentence(client: Client) -> None:
    client.force_login(make_staff(Role.CX_HEAD))
    page = client.get("/password_change/").content.decode()
    assert "At least 8 characters" in page
    assert "<li>" not in page


def test_forgotten_password_is_set_anew_through_a_mailed_link(client: Client) -> None:
    make_staff(Role.CX_HEAD, username="ines", email="ines@example.com")
    client.post("/password_reset/", {"email": "ines@example.com"})
    link = re.search(r"http://testserver(/reset/\S+)", str(mail.outbox[0].body))
    assert mail.outbox[0].to == ["ines@example.com"]
    assert link
    form = client.get(link[1], follow=True)
    client.post(form.redirect_chain[-1][0], {"new_password1": NEW, "new_password2": NEW})
    assert client.login(username="ines", password=NEW)
    # The link has done its work: once more it opens nothing.
    assert "new_password1" not in Client().get(link[1], follow=True).content.decode()


def test_unknown_address_gets_the_same_answer_and_no_mail(client: Client) -> None:
    make_staff(Role.CX_HEAD, email="ines@example.com")
    known = client.post("/password_reset/", {"email": "ines@example.com"}, follow=True)
    unknown = client.post("/password_reset/", {"email": "nobody@example.com"}, follow=True)
    assert known.content == unknown.content
    assert len(mail.outbox) == 1


def test_logout_is_a_post_and_ends_the_session(client: Client) -> None:
    client.force_login(make_staff(Role.CX_HEAD))
    assert "Sign out?" in client.get("/logout/").content.decode()
    assert client.get("/customers/").status_code == 200
    client.post("/logout/")
    assert client.get("/customers/").status_code == 302
    assert client.get("/logout/")["Location"] == "/login/"


def test_the_back_offices_way_out_asks_too(client: Client) -> None:
    client.force_login(make_staff(Role.ADMINISTRATOR))
    assert client.get("/admin/logout/")["Location"] == "/logout/"
