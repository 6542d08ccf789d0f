"""Links that lead back to where they began (R4)."""

from __future__ import annotations

from itertools import pairwise

import pytest

from postmortem.record import links
from postmortem.record.errors import DataError
from postmortem.record.incident import Action, Incident, Link
from postmortem.record.links import tie
from postmortem.record.review.linked import circles, strays


def chained(*names: str, kind: str = "made while handling") -> list[Incident]:
    """Records of which each is linked to the next."""
    return [
        Incident(title=name, id=name, links=(Link(incident_id=other, kind=kind),)) for name, other in pairwise(names)
    ]


def test_a_mistake_made_while_handling_another_is_no_circle():
    """One came before the other; a link to a record that isn't there leads nowhere."""
    assert {} == circles(chained("c", "b", "a"))


def test_two_that_were_each_made_while_handling_the_other_are_told():
    """At both of them, each with its own way round, the place and what to do."""
    found = circles(chained("a", "b", "a"))

    assert {"a", "b"} == set(found)
    assert found["a"].message.endswith("a → b → a")
    assert found["b"].message.endswith("b → a → b")
    assert {("R4", "links", "keep the link in the one that came later")} == {
        (finding.rule, finding.where, finding.remedy) for finding in found.values()
    }


def test_what_only_leads_to_a_circle_is_not_on_it():
    """Nothing is asked of a record that is right."""
    assert {"b", "c"} == set(circles([*chained("a", "b"), *chained("b", "c", "b")]))


@pytest.mark.parametrize("kind", ["same cause", "related"])
def test_two_that_belong_together_may_name_each_other(kind: str):
    """These links have no direction."""
    assert {} == circles(chained("a", "b", "a", kind=kind))


@pytest.mark.parametrize("kind", ["made while handling", "same cause", "related"])
def test_a_record_linked_to_itself_is_told_whatever_the_link(kind: str):
    """From a file it may come in; by hand it is refused."""
    found = circles(chained("a", "a", kind=kind))

    assert "it is linked to itself" == found["a"].message
    with pytest.raises(DataError, match="expected another record, found a itself"):
        tie(Incident(title="a", id="a"), "a")


def test_a_long_circle_is_told_at_each_and_shown_short():
    """A thousand records, one finding each, none longer than a line or two."""
    names = [f"n{number}" for number in range(1000)]
    found = circles(chained(*names, "n0"))

    assert set(names) == set(found)
    assert max(len(finding.message) for finding in found.values()) < 150
    assert all(" … " in finding.message for finding in found.values())


def test_what_is_on_no_circle_is_not_walked_again_from_each(monkeypatch):
    """Chains against their numbering, one of them into a circle: only from the circle a way back is looked for."""
    looked, walk = [], links.way_back
    monkeypatch.setattr(links, "way_back", lambda home, *rest: looked.append(home) or walk(home, *rest))
    names = [f"n{number:04}" for number in range(1000)]
    found = circles([*chained(*names), *chained(*[f"to-{name}" for name in names], "x", "y", "x")])

    assert {"x", "y"} == set(found)
    assert ["x", "y"] == looked


def test_a_circle_is_told_the_same_in_whatever_order_the_records_come():
    """Of two ways back of one length it names the same."""
    records = [
        *chained("b", "d", "a"),
        *chained("c", "d"),
        Incident(title="a", id="a", links=tuple(Link(incident_id=it, kind="made while handling") for it in "cb")),
    ]

    assert circles(records) == circles(records[::-1])
    assert "a → b → d → a" in circles(records)["a"].message


@pytest.mark.parametrize(
    ("to", "remedy"),
    [
        ("2026-002", None),
        ("", None),
        ("https://tracker.example/T-12", None),
        ("2026-02", "did you mean 2026-002?"),
        ("-", "name a record, or give the address where it stands"),
        ("2026-001", "name the other record, or do it here"),
    ],
)
def test_what_is_carried_over_leads_to_a_record_or_elsewhere(to: str, remedy: str | None):
    """To one that is there, or by its address; a wrong id gets a near one, and what was typed stays."""
    late = Incident(title="Late", id="2026-001", actions=(Action(id="a1", text="Sort it", carried_to=to),))
    found = strays(late, {"2026-001", "2026-002"})

    assert [("R4", "warning", "actions.a1.carried_to", remedy)] * (remedy is not None) == [
        (it.rule, it.level, it.where, it.remedy) for it in found
    ]
