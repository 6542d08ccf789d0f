"""No page about many incidents names a customer, wherever somebody typed the name (R41)."""

from __future__ import annotations

from dataclasses import fields

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from postmortem.analysis import Tables
from postmortem.charts.embed import plotly_js
from postmortem.record import incident_from
from postmortem.record.incident import Customer
from postmortem.report import customers as module
from postmortem.report import portfolio_summary, render
from postmortem.report.customers import Customers
from postmortem.report.redaction import of_customer
from postmortem.store import open_store

KINDS = ("html", "md", "json")
QUILL = {"name": "Quillfeather & Sons", "contact": "Ottilie Marrable, 01632 960126, o.marrable@quill.example"}
SAYS = "Quillfeather & Sons rang from (01632) 960-126, ask for Ottilie Marrable or o.marrable@quill.example"
SECRETS = ("quillfeather", "960126", "960-126", "marrable", "ottilie", "quill.example")
PARTS = st.sampled_from(
    ["the ", "Harbour", " House", "house", "-", ", ", "Ada", " Berg", "bergs", "x", "555 01 42", "\n"]
)


def named(number: int, **others: object) -> dict[str, object]:
    """An incident that names the customer in everything that a page about many could show."""
    return {
        "id": f"2026-1{number:02}-Quillfeather",
        "title": SAYS,
        "team": "The Quillfeather & Sons crew",
        "service": SAYS,
        "occurred_at": f"2026-0{1 + number % 3}-02T09:00:00Z",
        "customer": QUILL,
        "whys": [{"id": "w1", "text": f"Nobody told {SAYS}"}, {"id": "w2", "text": SAYS}],
        "causes": [
            {"id": "c1", "why": "w1", "category": "system", "recurring_id": "Quillfeather & Sons"},
            {"id": "c2", "why": "w2", "category": "training"},
        ],
        "actions": [
            {"id": "Quillfeather", "text": SAYS, "owner": SAYS, "form": "checklist", "due_on": "2026-01-05"},
        ],
    } | others


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """The tables and customers of a store in which one customer is named all over; one record has it in words only."""
    folder = tmp_path_factory.mktemp("customers")
    with open_store(folder / "store.db") as store:
        for number in range(12):
            store.save(incident_from(named(number)))
        store.save(incident_from(named(12, id="2026-200", customer={}, actions=[], team="Quillfeather & Sons")))
        return store.tables(), store.customers()


def files(summary):
    """Every rendering, without the library that draws."""
    return [render(summary, kind).replace(plotly_js(), "").casefold() for kind in KINDS]


def test_no_file_about_many_incidents_names_a_customer(kept, playbook, now):
    """Causes, actions, owners, teams, ids, what was searched for; figures, tables, words; also from another record."""
    tables, customers = kept
    told = {"filters": {"Text": "Quillfeather", "Team": "Quillfeather & Sons"}, "now": now, "customers": customers}
    bare = [content for secret in SECRETS[:1] for content in files(portfolio_summary(tables, playbook, now=now))]

    assert all("quillfeather" in content for content in bare)
    for content in files(portfolio_summary(tables, playbook, **told)):
        assert [] == [secret for secret in SECRETS if secret in content]


def test_breaking_the_net_shows_the_name(kept, playbook, now, monkeypatch):
    """Without the hiding the test above would fail."""
    monkeypatch.setattr(module, "of_values", lambda _: str)
    monkeypatch.setattr(module, "_of", lambda *_: str)
    summary = portfolio_summary(kept[0], playbook, now=now, customers=kept[1])

    assert all("quillfeather" in content for content in files(summary))


def test_hiding_changes_no_count(kept):
    """Two causes or teams whose names differ by a customer stay two."""
    known = Customers({"a": Customer(name="Anna Berg"), "b": Customer(name="Carl Dahl")})
    tables = known.hide_in(kept[0])
    other = kept[0].causes.assign(recurring_id=["Anna Berg", "Carl Dahl"] * (len(kept[0].causes) // 2))
    apart = known.hide_in(Tables(**{f.name: getattr(tables, f.name) for f in fields(Tables)} | {"causes": other}))

    assert {name: len(getattr(kept[0], name)) for name in ("incidents", "causes")} == {
        name: len(getattr(tables, name)) for name in ("incidents", "causes")
    }
    assert {"The customer", "The customer 2"} == set(apart.causes["recurring_id"])


def test_without_customers_the_tables_are_left_alone(kept):
    """No store, no names: nothing is copied."""
    assert kept[0] is Customers({}).hide_in(kept[0])


@pytest.mark.parametrize(
    ("name", "contact", "typed", "read"),
    [
        ("Harbour House", "", "Seen at HARBOUR-house too", "Seen at the customer too"),
        ("Harbour House", "", "The house by the harbour", "The house by the harbour"),
        ("Harbour House", "", "As in HarbourHouse", "As in the customer"),
        ("Marrowbank", "", "MARROWBANK is dark", "The customer is dark"),
        ("Grace", "", "Given with good grace", "Given with good grace"),
        ("The Hotel", "", "The hotel was full", "The hotel was full"),
        ("", "front desk", "Told at the front desk", "Told at the front desk"),
        ("", "Wilma Brackett, manager", "Wilma Brackett, the manager", "The customer, the manager"),
        ("", "+44 20 555 0142", "Rang from 0205550142", "Rang from the customer"),
        ("", "555 0142", "Order 15550142 of 2026", "Order the customer of 2026"),
        ("王小明", "", "客户王小明来电", "客户the customer来电"),
        ("***", "", "A line *** of stars", "A line *** of stars"),
        ("Flat 10423", "", "As at Flat 10423", "As at the customer"),
    ],
)
def test_in_texts_of_others_a_customer_is_hidden_as_a_whole(name, contact, typed, read):
    """A whole name or number tells who it is; a single word of it is a word like any other."""
    assert read == Customers({"a": Customer(name=name, contact=contact)}).hide(typed, "b")


@pytest.mark.parametrize(
    ("searched", "read"), [("harbour tester", "the customer tester"), ("house", "house"), ("960200", "960200")]
)
def test_a_search_for_one_telling_word_of_a_name_is_hidden(searched, read):
    """Whoever searched knew whom they looked for; a word that many share tells nobody."""
    known = Customers({"a": Customer(name="Harbour House", contact="01632 960200")})

    assert read == known.hide_search(searched).lower()


@given(name=st.lists(PARTS, max_size=4), contact=st.lists(PARTS, max_size=4), text=st.lists(PARTS, max_size=8))
@settings(max_examples=300, deadline=None)
def test_the_quick_look_leaves_nothing_that_the_thorough_one_would_hide(name, contact, text):
    """In the text of an incident its customer is hidden as in a manager's report, whatever the quick look thinks."""
    customer = Customer(name="".join(name), contact="".join(contact))
    thorough = of_customer(customer.name, customer.contact)
    hidden = Customers({"a": customer}).hide("".join(text), "a")

    # A contact such as "-the " meets the words that stand instead of a name: once through is thorough then.
    assert hidden in {thorough("".join(text)), thorough(hidden)}
