"""Products and places are found as shoppers type them, and a guess is called one."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from inventory.geo import Point, parse_point
from inventory.models import Synonym
from inventory.selectors.catalogue import bare_name, find_place, find_products, guess_place
from inventory.spelling import Vocabulary, slips
from tests.factories import make_level, make_product, make_store

MOST_STATEMENTS = 3


@pytest.mark.parametrize("typed", ["MLIK", "MIKL", "MLK", "MILLK", "MOLK"])
def test_one_slip_is_forgiven(typed: str) -> None:
    assert Vocabulary({"MILK": 3, "SILK": 1, "TEA": 9}).alike(typed) == ["MILK"]


def test_long_words_are_forgiven_two_slips_and_no_other_word() -> None:
    words = Vocabulary({"MAYONNAISE": 1, "COLLEGIATE": 1, "CHOCOLATE": 1})
    assert words.alike("MAYONEISE") == ["MAYONNAISE"]
    assert words.alike("COLGATE") == []


@pytest.mark.parametrize("typed", ["TE", "12", "ZZZZ"])
def test_too_little_to_guess_from(typed: str) -> None:
    assert Vocabulary({"TEA": 1, "120": 1}).alike(typed) == []


def test_vocabulary_knows_beginnings() -> None:
    words = Vocabulary({"COFFEE": 1})
    assert [words.knows(start) for start in ("COF", "COFFEE", "COFFEES", "TEA")] == [True, True, False, False]


@pytest.mark.parametrize("text", ["40.1, -83", "40.1,-83", "40.1 -83", "40.1;-83", " 40.1 ; -83 "])
def test_coordinates_however_separated(text: str) -> None:
    assert parse_point(text) == Point(40.1, -83.0)


@pytest.mark.django_db
def test_name_comes_before_category_and_whole_words_before_beginnings() -> None:
    buns = make_product(name="Hamburger buns", category="Baked bread/buns/rolls")
    breaded = make_product(name="Breaded chicken", category="Frozen meat")
    bread = make_product(name="White bread", category="Bread")
    make_level(product=buns, on_hand=9)
    assert find_products("bread").products == [bread, breaded, buns]


@pytest.mark.django_db
def test_among_equals_the_one_in_most_stores_comes_first() -> None:
    rare = make_product(name="Green tea")
    common = make_product(name="Green tea")
    make_level(product=rare, on_hand=0)
    make_level(product=common, on_hand=1)
    assert find_products("tea").products == [common, rare]


@pytest.mark.django_db
def test_what_is_only_alike_is_not_said_to_be_called_so() -> None:
    milk = make_product(name="Chocolate milk")
    make_product(name="Hot chocolate")
    for typed, is_called in (("mil", True), ("milk", True), ("mlik", False), ("mikl", False), ("colgate milk", False)):
        found = find_products(typed)
        assert (typed, found.products, found.is_called) == (typed, [milk], is_called)
    assert find_products("colgate").products == []


@pytest.mark.django_db
def test_a_number_beats_every_word() -> None:
    product = make_product(sku="milk", gtin="4006381333931", name="Tea")
    make_product(name="Milk")
    make_product(name="Milk 4006381333931")
    assert find_products("milk").products == [product]
    assert find_products("4006381333931").products == [product]


@pytest.mark.django_db
def test_known_words_that_never_stand_together_are_looked_for_one_by_one() -> None:
    products = [make_product(name="Roast chicken"), make_product(name="Cereal")]
    found = find_products("chicken cereal")
    assert sorted(product.pk for product in found.products) == [product.pk for product in products]
    assert not found.is_called


@pytest.mark.django_db
@pytest.mark.parametrize("typed", ["", "---", "%_\\", "(", "milk'; --", "\0", "a " * 60])
def test_nothing_typed_breaks_the_search(typed: str) -> None:
    assert find_products(typed).products == []


@pytest.mark.django_db
def test_a_cap_is_said(client: Client) -> None:
    for _ in range(25):
        make_product(name="Milk")
    page = client.get("/stock/?q=milk").content.decode()
    assert "The first 24 that match “milk”" in page
    page = client.get("/stock/?q=mlik").content.decode()
    assert "Nothing is called “mlik”. The most alike:" in page


@pytest.mark.django_db
def test_hits_can_be_told_apart(client: Client) -> None:
    product = make_product(sku="77-1", name="Milk, 1 gal", size="1 gal", brand="Alder")
    make_product(sku="77-2", name="Milk")
    assert bare_name(product) == "Milk"
    page = client.get("/stock/?q=milk").content.decode()
    assert page.count("1 gal") == 1
    assert "Item 77-1" in page
    assert "Alder" in page


@pytest.mark.django_db
@pytest.mark.parametrize("asked", ["q=milk&near=lakmont", "q=mlik&near=lakmont", "q=zzzz&near=Nowhere", "near=lakmont"])
def test_page_takes_few_statements(client: Client, asked: str) -> None:
    for _ in range(3):
        make_level(product=make_product(name="Milk"), on_hand=1, store=make_store(city="Lakemont"))
    # What is read once in a while is read.
    client.get("/stock/?q=milk")
    with CaptureQueriesContext(connection) as captured:
        assert client.get(f"/stock/?{asked}").status_code == 200
    assert len(captured) <= MOST_STATEMENTS


@pytest.mark.django_db
def test_words_are_served_by_the_trigram_index() -> None:
    find_products("milk")
    with connection.cursor() as cursor, CaptureQueriesContext(connection) as captured:
        find_products("milk")
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {captured[0]['sql'].replace('%', '%%')}")
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "product_search_trgm" in plan


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("lakmont", "Lakemont"),
        ("Hartley", "Hartley Bridge"),
        ("lakemont 12", "Lakemont"),
        ("elm stret", "Lakemont, Elm"),
    ],
)
def test_a_place_that_leaves_the_others_behind_is_taken(typed: str, meant: str) -> None:
    make_store(city="Lakemont", name="Lakemont, Elm Street", postcode="43934")
    make_store(city="Hartley Bridge", name="Hartley Bridge, Meadow Lane", postcode="51210")
    assert find_place(typed) is None
    place, ideas = guess_place(typed)
    assert place
    assert (place.name.removesuffix(" Street"), place.typed, ideas) == (meant, typed, [])


@pytest.mark.django_db
def test_places_that_are_equally_alike_are_offered(client: Client) -> None:
    for city in ("Newbury", "Newport"):
        make_level(product=make_product(sku=city), on_hand=1, store=make_store(city=city, name=f"{city} One"))
    assert guess_place("new") == (None, ["Newbury", "Newport"])
    assert guess_place("Atlantis") == (None, [])
    page = client.get("/stock/Newport/?near=new").content.decode()
    assert 'Did you mean: <a href="?near=Newbury">Newbury</a>, <a href="?near=Newport">Newport</a>.' in page


@pytest.mark.django_db
def test_the_place_taken_is_said_and_kept(client: Client) -> None:
    make_level(product=make_product(sku="TEA", name="Tea"), on_hand=1, store=make_store(city="Lakemont"))
    assert client.get("/stock/?q=tea&near=lakmont")["Location"] == "/stock/TEA/?near=Lakemont"
    page = client.get("/stock/?near=lakmont").content.decode()
    assert "Near <b>Lakemont</b>: so we read “lakmont”." in page
    assert 'value="Lakemont"' in page


@pytest.mark.django_db
def test_towns_are_links_that_keep_what_is_looked_for(client: Client) -> None:
    for sku in ("A", "B"):
        make_level(product=make_product(sku=sku, name="Tea"), on_hand=1, store=make_store(city="Lake Mont"))
    assert '<a href="?near=Lake+Mont">Lake Mont</a>' in client.get("/stock/").content.decode()
    page = client.get("/stock/?q=tea&near=Atlantis").content.decode()
    assert '<a href="?q=tea&amp;near=Lake+Mont">Lake Mont</a>' in page


@pytest.mark.parametrize(
    ("a", "b", "count"),
    [("MILK", "MILK", 0), ("MLIK", "MILK", 1), ("MIK", "MILK", 1), ("CA", "ABC", 3), ("", "TEA", 3), ("TEA", "", 3)],
)
def test_slips_are_counted(a: str, b: str, count: int) -> None:
    assert slips(a, b) == count


@pytest.mark.django_db
def test_other_words_find_what_the_catalogue_says() -> None:
    television = make_product(name="Television 40 inch")
    make_product(name="Telescope")
    Synonym.objects.create(said="telly", meant="television")
    for typed in ("telly", "Telly 40", "televison", "tellly", "inch telyl"):
        assert find_products(typed).products == [television], typed
    assert find_products("telly").is_called
    assert not find_products("tellly").is_called


@pytest.mark.django_db
def test_control_without_the_synonym_it_is_not_found() -> None:
    make_product(name="Television 40 inch")
    assert find_products("telly").products == []


@pytest.mark.django_db
def test_all_words_that_may_be_meant_come_before_some_of_them() -> None:
    both = make_product(name="Chocolate milk")
    make_product(name="Chocolate bar")
    make_product(name="Milk")
    assert find_products("chocolat mlik").products == [both]
    assert len(find_products("chocolat mlik zzzz").products) == 1
