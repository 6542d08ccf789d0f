"""Amounts of money: read, rounded, said."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postmortem.record.money import AmountError, amount, cents, said


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("€64", "64"),
        ("64 EUR", "64"),
        ("eur 64", "64"),
        ("64 euros", "64"),
        ("1.234,56", "1234.56"),
        ("1,234.56", "1234.56"),
        ("1.234.567", "1234567"),
        ("1,234,567.8", "1234567.8"),
        ("12,34,567.80", "1234567.80"),
        ("1 234,56 €", "1234.56"),
        ("1'234.56", "1234.56"),
        ("0,125", "0.125"),
        ("0.125", "0.125"),
        ("1,2345", "1.2345"),
        ("1,234", "1234"),
        (".5", "0.5"),
        ("-5", "-5"),
        ("-€5", "-5"),
        ("€-5", "-5"),
    ],
)
def test_an_amount_is_read_as_it_is_meant(text: str, expected: str):
    """Thousands and decimals by either mark, the currency before or after."""
    assert Decimal(expected) == amount(text, "EUR")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a lot",
        "1.2.3",
        "1,2,3",
        "1.23,456.7",
        "--5",
        "-€-5",
        "1E15",
        "5 5 EUR x",
        "EURO20EURO!",
        "40 min",
        "40 Mio",
    ],
)
def test_what_is_no_amount_is_refused(text: str):
    """Rather than guessed."""
    with pytest.raises(AmountError, match=r"is not an amount|names another"):
        amount(text, "EUR")


@pytest.mark.parametrize(("text", "currency"), [("£20", "EUR"), ("20 USD", "EUR"), ("€20", "GBP"), ("CHF 20", "EUR")])
def test_an_amount_in_another_currency_is_refused(text: str, currency: str):
    """And read where it is the record's own, or nobody knows which that is."""
    with pytest.raises(AmountError, match=f"of this record are in {currency}"):
        amount(text, currency)

    assert Decimal(20) == amount(text)


def test_what_can_be_read_in_two_ways_is_asked():
    """A point before three digits is thousands to one and a fraction to another; with mills it is a fraction."""
    with pytest.raises(AmountError, match=r"may be 1234 or 1\.23"):
        amount("1.234", "EUR")

    assert Decimal("1.234") == amount("1.234", "KWD")


@given(st.lists(st.decimals(0, 1_000_000, places=2), max_size=50))
def test_sums_never_drift(amounts: list[Decimal]):
    """What a person adds up on paper."""
    assert sum(int(one * 100) for one in amounts) == int(sum((cents(one, "EUR") for one in amounts), Decimal(0)) * 100)


def test_half_a_cent_goes_up():
    """Never to the even one, as a float would."""
    assert ["0.13", "2.68", "1.01"] == [str(cents(Decimal(text), "EUR")) for text in ("0.125", "2.675", "1.005")]


def test_the_largest_amount_has_its_cents():
    """A trillion is not cut."""
    assert "EUR 1,000,000,000,000.01" == said(Decimal("1000000000000.005"), "EUR")
