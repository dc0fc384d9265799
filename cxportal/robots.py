"""What search engines are asked to leave alone: everything but the front page of the stock look-up."""

from django.http import HttpRequest, HttpResponse

from customers.permissions import public

# The most exact rule wins (RFC 9309). Answers to questions change with every sale, so none of them is worth keeping.
RULES = "User-agent: *\nAllow: /stock/$\nAllow: /static/\nDisallow: /\n"


@public
def robots(request: HttpRequest) -> HttpResponse:
    """/robots.txt: a request, no lock; who may open what is each page's own business."""
    return HttpResponse(RULES, content_type="text/plain; charset=utf-8")
