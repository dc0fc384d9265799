"""What search engines are asked to leave alone: everything but the pages of products and stores."""

from django.http import HttpRequest, HttpResponse

from customers.permissions import public

# The longest rule wins (RFC 9309), or for simple readers the first. A page says what it offers in schema.org's words;
# answers to questions, what belongs to one shopper and what only the page itself asks for are nobody's to keep.
RULES = """User-agent: *
Disallow: /stock/*?
Disallow: /stock/mine/
Disallow: /stock/hold/
Disallow: /stock/waiting/
Disallow: /stock/question/
Disallow: /stock/*/stores/
Disallow: /stock/*/ticket/
Disallow: /stock/*/hold/
Disallow: /stock/*/ask/
Disallow: /stock/*/wait/
Allow: /static/
Allow: /stock/
Disallow: /
"""


@public
def robots(request: HttpRequest) -> HttpResponse:
    """/robots.txt: a request, no lock; who may open what is each page's own business."""
    return HttpResponse(RULES, content_type="text/plain; charset=utf-8")
