"""What comparable cases got."""

from __future__ import annotations

from types import SimpleNamespace

import pandas as pd
import pytest

from postmortem.analysis import comparable
from postmortem.record.errors import DataError


def tables(*cases: dict) -> SimpleNamespace:
    """Cases with what each was offered: `credit` and `back` are amounts, each told as an offer of its own."""
    incidents, told = [], []
    for at, case in enumerate(cases):
        name = case.get("id", f"i{at}")
        given = {"kind": "late", "severity": "minor", "currency": "EUR", "customers": 1, "customer_min": 60.0, **case}
        incidents.append({"incident_id": name, "title": name, **{key: given[key] for key in CASE}})
        for kind, word in (("credit", "service credit"), ("back", "reimbursement")):
            if kind in case:
                told.append((name, word, None, float(case[kind]), "2026-03-01T10:00Z"))
    columns = ["incident_id", "kind", "owed", "offered", "offered_at"]
    frame = pd.DataFrame(told, columns=columns)
    frame["offered_at"] = pd.to_datetime(frame["offered_at"], utc=True)
    return SimpleNamespace(incidents=pd.DataFrame(incidents), compensations=frame)


CASE = ("kind", "severity", "currency", "customers", "customer_min")


def named(frame: pd.DataFrame) -> list[str]:
    """The comparable cases, in their order."""
    return frame[~frame["this"]]["incident_id"].tolist()


def test_the_most_alike_are_taken_and_the_case_stands_first():
    """Same kind, same severity, same currency; from the least offered up."""
    others = [{"credit": 50 - at} for at in range(5)]
    found = comparable(tables({"id": "me", "credit": 7}, *others, {"severity": "serious", "credit": 1}), "me")

    assert ["i5", "i4", "i3", "i2", "i1"] == named(found)
    assert ("me", 7.0, "kind and severity") == tuple(found.iloc[0][["incident_id", "offered", "basis"]])


@pytest.mark.parametrize(
    ("other", "basis", "n"),
    [
        ({"severity": "serious"}, "kind", 6),
        ({"kind": "lost"}, "severity", 6),
        ({"kind": "lost", "severity": "serious"}, "currency", 6),
    ],
)
def test_it_looks_more_widely_where_fewer_than_five_are_alike(other: dict, basis: str, n: int):
    """By the kind first, then by the severity, then at all in the currency."""
    alike = [{"credit": 10}, {"credit": 20}]
    found = comparable(tables({"id": "me"}, *alike, *({**other, "credit": at} for at in (1, 2, 3, 4))), "me")

    assert (basis, n) == (found["basis"].iloc[0], len(named(found)))


def test_the_median_is_that_of_the_others_and_needs_five_of_them():
    """The case itself is not among them; a median of four is four numbers (R43)."""
    offers = [{"credit": at} for at in (10, 20, 30, 40)]
    few, enough = (
        tables({"id": "me", "credit": 900}, *offers),
        tables({"id": "me", "credit": 900}, *offers, {"credit": 70}),
    )

    assert comparable(few, "me")["median"].isna().all()
    assert {30.0} == set(comparable(enough, "me")["median"])


def test_another_currency_is_never_compared():
    """Nor converted."""
    found = comparable(tables({"id": "me"}, *({"currency": "GBP", "credit": 10} for _ in range(6))), "me")

    assert [] == named(found)
    assert "currency" == found["basis"].iloc[0]


def test_what_was_paid_back_stands_beside_and_is_not_compared():
    """It is as much as was paid; credit and goodwill are what differs."""
    found = comparable(tables({"id": "me", "back": 900}, {"credit": 10, "back": 40}), "me")

    assert [10.0] == found[~found["this"]]["offered"].tolist()
    assert [900.0, 40.0] == found["reimbursed"].tolist()
    assert pd.isna(found["offered"].iloc[0])


def test_those_that_tell_of_no_offer_are_counted_and_an_hour_is_of_all_customers():
    """So that nobody takes silence for nothing."""
    found = comparable(tables({"id": "me"}, {"credit": 30, "customers": 3, "customer_min": 120.0}, {}, {}), "me")

    assert (2, 5.0) == (found["without"].iloc[0], found["per_hour"].iloc[1])


def test_an_offer_without_an_amount_is_worth_what_was_owed():
    """As in the record."""
    given = tables({"id": "me"}, {"credit": 30})
    given.compensations["owed"] = 25.0
    given.compensations["offered"] = float("nan")

    assert [25.0] == comparable(given, "me")["offered"].dropna().tolist()


def test_an_unknown_case_is_refused_with_a_near_id():
    """It may only be misspelled."""
    with pytest.raises(DataError, match="did you mean '2026-001'"):
        comparable(tables({"id": "2026-001"}), "2026-01")
