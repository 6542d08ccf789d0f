"""One engine for every mapping: what becomes of a row."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
import xlsxwriter

from postmortem.exchange import mapping_from, read
from postmortem.record import whys
from postmortem.record.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from postmortem.exchange import Reading
    from postmortem.record.incident import Incident


@pytest.fixture
def one(reading: Callable[..., Reading]) -> Callable[..., Incident]:
    """The incident that one row of cells makes; each column carries its rule."""

    def made(columns: dict[str, Any], cells: dict[str, str], **more: Any) -> Incident:
        source = {"system": "crm", "key": "content", **more.pop("source", {})}
        mapping = mapping_from({"source": source, "columns": columns, "constants": {"title": "Late"}, **more})
        quoted = ['"' + cell.replace('"', '""') + '"' for cell in cells.values()]
        found = reading("a.csv", f"{','.join(cells)}\n{','.join(quoted)}\n", mapping)
        assert () == found.rejects, found.rejects[0].reasons
        return found.incidents[0]

    return made


def test_a_row_without_a_zone_is_told_in_the_zone_of_the_mapping(one: Callable[..., Incident]):
    """The instant is kept in UTC, the zone beside it."""
    incident = one({"T": "occurred_at"}, {"T": "2026-07-01T12:00"}, source={"zone": "Europe/Berlin"})

    assert (datetime(2026, 7, 1, 10, tzinfo=UTC), "Europe/Berlin") == (incident.occurred_at, incident.zone)


def test_an_offset_in_the_cell_wins(one: Callable[..., Incident]):
    """What the row says itself is not overridden."""
    incident = one({"T": "occurred_at"}, {"T": "2026-07-01T12:00-05:00"}, source={"zone": "Europe/Berlin"})

    assert datetime(2026, 7, 1, 17, tzinfo=UTC) == incident.occurred_at


def test_a_column_may_name_the_zone_of_each_row(one: Callable[..., Incident]):
    """Wherever it stands in the row."""
    columns = {"T": "occurred_at", "Z": "zone"}
    incident = one(columns, {"T": "2026-07-01T12:00", "Z": "America/Chicago"})

    assert (datetime(2026, 7, 1, 17, tzinfo=UTC), "America/Chicago") == (incident.occurred_at, incident.zone)


def test_formats_of_dates_are_tried_in_their_order(one: Callable[..., Incident]):
    """What could be both is read as the one that is named first."""
    british = one({"T": "occurred_at"}, {"T": "03/04/2026"}, source={"dates": ["%d/%m/%Y", "%m/%d/%Y"]})
    american = one({"T": "occurred_at"}, {"T": "03/04/2026"}, source={"dates": ["%m/%d/%Y", "%d/%m/%Y"]})

    assert (4, 3) == (british.occurred_at.month, american.occurred_at.month)


def test_a_time_that_the_clocks_skipped_is_refused(one: Callable[..., Incident]):
    """There never was half past two on that morning."""
    with pytest.raises(AssertionError, match="the clocks were set forward"):
        one({"T": "occurred_at"}, {"T": "2026-03-29T02:30"}, source={"zone": "Europe/Berlin"})


@pytest.mark.parametrize(
    ("cell", "source"),
    [
        ("1234.5", {}),
        ("$ 1,234.50", {"thousands": ","}),
        ("1.234,50 €", {"decimal": ",", "thousands": "."}),
    ],
)
def test_numbers_are_read_as_the_source_writes_them(one: Callable[..., Incident], cell: str, source: dict[str, str]):
    """Signs of currencies, thousands and decimal commas."""
    assert Decimal("1234.5") == one({"C": "impact.our_cost"}, {"C": cell}, source=source).impact.our_cost


@pytest.mark.parametrize(
    ("cell", "currency", "expected"),
    [("£20", "GBP", "GBP"), ("20", "GBP", "GBP"), ("20 USD", "", "USD"), ("€ 20", "", "EUR"), ("$20", "", "")],
)
def test_an_amount_may_name_the_currency_of_its_record(
    one: Callable[..., Incident], cell: str, currency: str, expected: str
):
    """Where nothing else tells it, it is the one of the amounts; a sign of several currencies tells none."""
    incident = one({"C": "impact.customer_cost", "D": "currency"}, {"C": cell, "D": currency})

    assert (Decimal(20), expected) == (incident.impact.customer_cost, incident.currency)


@pytest.mark.parametrize(
    ("cells", "own"),
    [({"C": "£20", "D": "EUR", "E": "1"}, "EUR"), ({"C": "20 USD", "D": "", "E": "20 EUR"}, "USD")],
)
def test_a_row_with_two_currencies_is_refused(one: Callable[..., Incident], cells: dict[str, str], own: str):
    """A pound is never taken for a euro: the row keeps its number, and says what would do."""
    columns = {"C": "impact.customer_cost", "D": "currency", "E": "impact.our_cost"}
    with pytest.raises(AssertionError, match=f"is not in {own}, as this record is; convert it to {own}"):
        one(columns, cells)


@pytest.fixture(params=["a.csv", "a.jsonl", "a.xlsx"])
def amounts(tmp_path: Path, request: pytest.FixtureRequest) -> Callable[..., Reading]:
    """Reads two amounts of one row, without a column for the currency, for a team: of a table and of JSON."""

    def made(cells: tuple[str, str], team: str) -> Reading:
        source = {"system": "crm", "key": "content"} | ({"format": "json"} if request.param == "a.jsonl" else {})
        columns = {"C": "impact.customer_cost", "E": "impact.our_cost"}
        mapping = mapping_from({"source": source, "columns": columns, "constants": {"title": "Late"}})
        path = tmp_path / request.param
        if path.suffix == ".xlsx":
            with xlsxwriter.Workbook(path) as workbook:
                sheet = workbook.add_worksheet()
                sheet.write_row(0, 0, ["C", "E"])
                sheet.write_row(1, 0, cells)
        else:
            row = json.dumps(dict(zip("CE", cells, strict=True)))
            path.write_text(f"{row}\n" if path.suffix == ".jsonl" else f"C,E\n{','.join(cells)}\n", encoding="utf-8")
        return read(path, mapping=mapping, now=datetime(2026, 3, 2, tzinfo=UTC), currency=team)

    return made


@pytest.mark.parametrize("cells", [("$20", "1"), ("£20", "1"), ("20 kr", "1"), ("$20", "1 EUR")])
def test_an_amount_with_the_sign_of_another_currency_than_the_teams_is_refused(amounts: Any, cells: tuple[str, str]):
    """A dollar is never taken for a euro, whether the euros are the team's or those of another column."""
    (refused,) = amounts(cells, "EUR").rejects

    assert f"{cells[0]!r} is not in EUR, as th" in refused.reasons
    assert refused.reasons.endswith(("or in a column of its own", "convert it to EUR"))


@pytest.mark.parametrize(
    ("cells", "team", "own"),
    [
        (("$20", "1"), "CAD", ""),
        (("$20", "1 CAD"), "EUR", "CAD"),
        (("20 USD", "1"), "EUR", "USD"),
        (("€20", "1"), "EUR", "EUR"),
        (("20", "1"), "EUR", ""),
        (("$20", "1"), "", ""),
    ],
)
def test_a_sign_of_several_currencies_fits_each_of_them(amounts: Any, cells: tuple[str, str], team: str, own: str):
    """A dollar is one of Canada's where the team or the record counts in those; one that is named is the record's."""
    (incident,) = amounts(cells, team).incidents

    assert (20, own) == (incident.impact.customer_cost, incident.currency)


@pytest.mark.parametrize("cell", ["", "  ", "Not Applicable", "not applicable"])
def test_words_for_nothing_are_nothing(one: Callable[..., Incident], cell: str):
    """Also in a column of numbers."""
    incident = one(
        {"C": "impact.our_cost", "D": "extra"}, {"C": cell, "D": cell, "E": "1"}, source={"empty": ["Not Applicable"]}
    )

    assert None is incident.impact.our_cost
    assert () == incident.extra


def test_several_words_in_a_cell_are_several_whys_side_by_side(one: Callable[..., Incident]):
    """Each is marked as a root with its category; the incident stays one."""
    rule = {
        "to": "whys",
        "separator": ";",
        "status": "confirmed",
        "categories": {"Tools": "system"},
        "undecided": ["Open"],
    }
    incident = one({"W": rule}, {"W": "Tools; People;Open;Tools;"})

    assert ["Tools", "People", "Open"] == [why.text for why in incident.whys]
    assert ["system", None, None] == [cause.category for cause in incident.causes]
    assert ["confirmed", "confirmed", "possible"] == [why.status for why in incident.whys]
    assert [1, 1, 1] == [whys.depth(incident, why.id) for why in incident.whys]


def test_columns_of_whys_become_one_chain(one: Callable[..., Incident]):
    """The last one that is filled is the root, with the category of its own column."""
    columns = {"Why 1": "chain", "Why 2": "chain", "Why 3": "chain", "Kind": "category"}
    incident = one(columns, {"Why 1": "A", "Why 2": "B", "Why 3": "", "Kind": "training"})

    assert ["A", "B"] == [why.text for why in whys.path(incident, incident.causes[0].why)]
    assert "training" == incident.causes[0].category


def test_a_category_that_is_none_is_told_with_the_near_one(one: Callable[..., Incident]):
    """The words of the four are fixed."""
    with pytest.raises(AssertionError, match=r"column 'Kind'.*found 'trainning'; did you mean 'training'"):
        one({"Why": "chain", "Kind": "category"}, {"Why": "A", "Kind": "trainning"})


def test_words_are_translated_and_closed_lists_refuse_others(one: Callable[..., Incident]):
    """A word that nobody has mapped can't slip through a closed list."""
    rule = {"to": "fault", "values": {"Supplier": "third party", "Us": "ours"}, "closed": True}

    assert "third party" == one({"F": rule}, {"F": "Supplier"}).fault
    with pytest.raises(AssertionError, match="unknown word 'Suplier'; did you mean 'Supplier'"):
        one({"F": rule}, {"F": "Suplier"})


def test_the_first_template_whose_columns_are_filled_is_taken(one: Callable[..., Incident]):
    """A title never has a hole in it."""
    templates = {"summary": ["{A|lower} near {B}", "{A}"]}
    columns = {"A": {"to": "extra", "case": "sentence"}}

    assert "fire near Bonn" == one(columns, {"A": "FIRE", "B": "Bonn"}, templates=templates).summary
    assert "Fire" == one(columns, {"A": "FIRE", "B": ""}, templates=templates).summary


def test_a_template_runs_nothing(one: Callable[..., Incident]):
    """It puts texts together; it is no format string."""
    incident = one({"A": "extra"}, {"A": "{A.__class__}"}, templates={"summary": "{A}"})

    assert "{A.__class__}" == incident.summary


def test_lists_take_from_columns_and_constants_and_do_not_grow_from_row_to_row(reading: Callable[..., Reading]):
    """What one row adds is not there for the next."""
    data = {
        "source": {"system": "crm", "key": "No"},
        "columns": {"What": "title", "Tags": {"to": "tags", "separator": ","}},
        "constants": {"tags": ["imported"]},
    }
    found = reading("a.csv", 'No,What,Tags\n1,A,"x,y"\n2,B,z\n', mapping_from(data))

    assert [("imported", "x", "y"), ("imported", "z")] == [incident.tags for incident in found.incidents]


def test_columns_that_no_rule_uses_are_told(reading: Callable[..., Reading]):
    """Nothing is left behind in silence."""
    data = {"source": {"system": "crm", "key": "No"}, "columns": {"What": "title"}}

    assert ("Colour",) == reading("a.csv", "No,Colour,What\n1,red,A\n", mapping_from(data)).not_carried


def test_a_column_that_is_optional_may_be_missing_and_another_may_not(reading: Callable[..., Reading]):
    """All that are missing are named at once."""
    data = {"source": {"system": "crm", "key": "No"}, "columns": {"What": "title", "Who": "team", "Why": "chain"}}
    with pytest.raises(DataError) as caught:
        reading("a.csv", "What,Who?\n", mapping_from(data))

    assert ["column 'Who'", "column 'Why'", "column 'No'"] == [problem.where for problem in caught.value.problems]
    assert "did you mean 'Who?'" in str(caught.value)


def test_a_key_from_the_content_is_the_same_every_time_and_equal_rows_stay_two(reading: Callable[..., Reading]):
    """A table without a key can be imported again and changes nothing."""
    mapping = mapping_from({"source": {"system": "crm", "key": "content"}, "columns": {"What": "title"}})
    first = reading("a.csv", "What,N\nA,1\nB,2\nA,1\n", mapping)
    again = reading("b.csv", "What,N\nB,2\nA,1\nA,1\nC,3\n", mapping)
    keys = [incident.source.key for incident in first.incidents]

    assert 3 == len(set(keys))
    assert set(keys) < {incident.source.key for incident in again.incidents}


def test_actions_and_extras_keep_their_words(one: Callable[..., Incident]):
    """An action comes without a form: nobody has chosen one."""
    incident = one({"Do": {"to": "actions", "separator": ";"}, "X": "extra.place"}, {"Do": "Buy; Tell", "X": "Bonn"})

    assert [("Buy", ""), ("Tell", "")] == [(action.text, action.form) for action in incident.actions]
    assert [("place", "Bonn")] == [(extra.name, extra.value) for extra in incident.extra]
