"""A table of one's own on its way into the store: seen, decided, counted, taken in; nothing typed is a traceback."""

from __future__ import annotations

import base64
import csv
import json

import pytest

from postmortem.exchange import load_mapping, read
from postmortem.record.errors import DataError, PostmortemError
from postmortem.widgets import BringData, open_bring_data
from postmortem.widgets.bring import SAMPLE
from tests.widgets.hostile import BROKEN, HOSTILE
from tests.widgets.seen import NOW, blocks, do, fields, pressed, put, send, texts


@pytest.fixture
def bring(store, tmp_path):
    """Nothing chosen yet, in a folder with one table."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "late.csv").write_text(
        "No,Subject,Occurred\n1,Late,2026-01-02\n2,Lost,2026-01-03\n", encoding="utf-8"
    )
    return BringData(store, by="Ana", now=lambda: NOW, folder=tmp_path)


@pytest.fixture
def panel(bring):
    """The panel of it."""
    bring._repr_mimebundle_()
    return bring._shown


def columns(panel):
    """The rows of the table of columns, by column."""
    return {row["name"]: row for block in blocks(panel.view) if block.get("t") == "columns" for row in block["rows"]}


def first(panel):
    """The first rows as they would become."""
    return next(block["rows"] for block in blocks(panel.view) if block.get("t") == "rows")


def answered(panel):
    """The sample table with the day told first."""
    pressed(panel, "Try the sample table")
    do(panel, "answer", question="day order", value="day first", place="x")
    return panel


def test_an_empty_panel_says_what_to_do_and_offers_what_lies_there(panel):
    """The tables of the folder and below."""
    assert any("Choose a table to begin" in text for text in texts(panel.view))
    assert ["in/late.csv"] == fields(panel)["path"]["list"]
    assert "Bring a table of yours: no file is chosen yet. Run this cell to work in it." == repr(panel)


def test_a_file_of_the_folder_is_opened_by_its_button_or_by_its_path(panel, bring):
    """And counted at once where it is small."""
    pressed(panel, "in/late.csv")
    assert "late.csv: 2 read = 2 new + 0 changed + 0 unchanged + 0 rejected. Nothing is saved yet." == bring.sentence()

    pressed(panel, "Try the sample table")
    put(panel, "path", "in/late.csv")
    pressed(panel, "Open")
    assert "late.csv" == bring.path.name
    assert 0 == len(bring.store)


@pytest.mark.parametrize(
    ("path", "finding"),
    [
        ("", "no path is typed yet"),
        ("no.csv", "no such file"),
        ("in", "this is a folder"),
        ("picture.csv", "binary"),
        ("empty.csv", "empty"),
        ("notes.txt", "a table is needed"),
        ("x" * 5000, "File name too long"),
    ],
)
def test_a_path_that_will_not_do_is_told_at_its_field(panel, bring, tmp_path, path, finding):
    """What was open stays open, and what was typed stays typed."""
    (tmp_path / "picture.csv").write_bytes(bytes(range(32)) * 30)
    (tmp_path / "empty.csv").write_bytes(b"")
    (tmp_path / "notes.txt").write_text("Dear all", encoding="utf-8")
    pressed(panel, "in/late.csv")
    put(panel, "path", path)
    pressed(panel, "Open")

    assert finding.lower() in fields(panel)["path"]["error"].lower()
    assert path == fields(panel)["path"]["value"]
    assert "late.csv" == bring.path.name
    assert panel.failure is None


def test_the_sample_shows_its_columns_with_reasons_and_its_first_rows(panel):
    """As they would become, the rejected row with its reason."""
    answered(panel)
    shown = columns(panel)

    assert ("title", "sure") == (shown["Subject"]["value"], shown["Subject"]["sure"])
    assert "its name is 'happened'" in shown["Happened"]["reason"]
    assert ["Meter read as 9,310 instead of 931", "04 Nov 2025, 09:15", "Billing"] == first(panel)[0]["cells"][:3]
    assert any("lies before it occurred" in text for text in texts(panel.view))


def test_a_column_chosen_by_drop_down_shows_in_the_first_rows_at_once(panel):
    """And the count follows."""
    answered(panel)
    do(panel, "choose", column="Details", value="title")
    assert first(panel)[0]["cells"][0].startswith("The bill was ten times")

    do(panel, "choose", column="Status", value="")
    assert "Not carried: Status." in texts(panel.view)


def test_what_must_be_answered_holds_the_import_back(panel, bring):
    """In the panel and in code; the answer lets it go."""
    pressed(panel, "Try the sample table")
    question = fields(panel)["ask day order"]
    take = next(
        block for block in blocks(panel.view) if block.get("label") == "Take them in" and block.get("t") == "button"
    )
    assert ("", "please choose") == (question["value"], dict(question["options"])[""])
    assert take["off"]
    with pytest.raises(PostmortemError, match="Please answer first: 04/11/2025"):
        bring.take_in()

    do(panel, "answer", question="day order", value="day first", place="x")
    pressed(panel, "Take them in")
    assert 11 == len(bring.store)


def test_an_answer_is_taken_back_by_choosing_nothing(panel, bring):
    """Then it is asked again; the list to choose from is the same before and after."""
    pressed(panel, "Try the sample table")
    before = fields(panel)["ask day order"]["options"]
    do(panel, "answer", question="day order", value="month first", place="x")
    assert ("month first", before) == tuple(fields(panel)["ask day order"][name] for name in ("value", "options"))

    do(panel, "answer", question="day order", value="", place="x")
    assert ["day order"] == [question.name for question in bring.guess.needed]
    assert "" == fields(panel)["ask day order"]["value"]


def test_the_month_first_puts_rows_into_the_future_and_says_so(panel, bring):
    """A wrong answer is seen before anything is saved."""
    pressed(panel, "Try the sample table")
    do(panel, "answer", question="day order", value="month first", place="x")

    assert bring.counted.rejected > 1
    assert any("lies in the future" in text for text in texts(panel.view))


def test_an_import_tells_in_one_sentence_what_became_of_the_rows(panel, bring):
    """Twice is the same as once."""
    pressed(answered(panel), "Take them in")
    assert "12 rows read: 11 imported, 1 rejected." == bring.told == panel.head["line"]

    pressed(panel, "Take them in")
    assert "12 rows read: 11 there already, 1 rejected." == bring.told
    assert {"Ana"} == {item.updated_by for item in bring.store.list()}


def test_a_dry_run_counts_and_saves_nothing(panel, bring):
    """What was there is told from what is new."""
    pressed(answered(panel), "Take them in")
    do(panel, "choose", column="Status", value="tags")

    assert (12, 0, 11, 1) == tuple(getattr(bring.counted, name) for name in ("read", "imported", "updated", "rejected"))
    assert () == next(iter(bring.store.incidents())).tags


def test_progress_is_drawn_while_it_goes_on(panel):
    """Reading and saving, from the beginning to the end."""
    drawn = []
    panel.observe(lambda change: drawn.append(change["new"].get("bar")), "view")
    pressed(answered(panel), "Take them in")

    assert "Saving" in {bar["label"] for bar in drawn if bar}
    assert panel.view["bar"] is None


def test_the_mapping_is_saved_once_and_reads_the_file_as_the_panel_did(panel, bring, tmp_path):
    """What stands there already is not written over."""
    put(answered(panel), "map", "crm.toml")
    pressed(panel, "Save the mapping")
    reading = read(bring.path, mapping=load_mapping(tmp_path / "crm.toml"), now=NOW)
    assert (11, 1) == (len(reading.incidents), len(reading.rejects))

    pressed(panel, "Save the mapping")
    assert "There is such a file already; name another one." == fields(panel)["map"]["error"]
    put(panel, "map", "no/such/folder.toml")
    pressed(panel, "Save the mapping")
    assert "can't be written" in fields(panel)["map"]["error"].lower()


def test_the_rejected_rows_are_saved_with_their_reasons(panel, tmp_path):
    """To be mended and brought again."""
    pressed(answered(panel), "Save the rejected rows")
    rows = list(
        csv.reader((tmp_path / "complaints-rejected.csv").read_text(encoding="utf-8").splitlines(), delimiter=";")
    )

    assert ["rejected row", "rejected because", "Ticket No"] == rows[0][:3]
    assert "C-2110" == rows[1][2]


def test_an_upload_in_pieces_is_opened_and_never_leaves_its_folder(panel, bring, tmp_path):
    """Whatever its name says."""
    content = b"Subject\n" + b"Late again\n" * 9
    for at in range(0, len(content), 40):
        piece = base64.b64encode(content[at : at + 40]).decode()
        do(panel, "upload", name="../../etc/<b>.csv", at=at, data=piece, last=at + 40 >= len(content))

    assert "_b_.csv" == bring.path.name
    assert content == bring.path.read_bytes()
    assert tmp_path not in bring.path.parents


@pytest.mark.parametrize("data", ["%%%", "AAA"])
def test_an_upload_that_did_not_arrive_whole_is_told(panel, data):
    """With what to do."""
    do(panel, "upload", name="a.csv", at=0, data=data, last=True)

    assert "Did not arrive whole; upload it again." == fields(panel)["path"]["error"]


def test_every_step_is_possible_from_code(bring):
    """Without a panel."""
    bring.open_sample().answer("day order", "day first").choose("Status", "tags").answer("zone", "Europe/London")

    assert (12, 11) == (bring.count().read, bring.take_in().imported)
    assert "Closed" in {tag for incident in bring.store.incidents() for tag in incident.tags}


def test_hostile_headers_and_cells_are_texts(panel, tmp_path):
    """In the columns, the first rows, the questions; and they run nothing, for nothing here is markup."""
    names = list(dict.fromkeys(text.strip() for text in HOSTILE if text.strip() and text.isprintable()))
    with (tmp_path / "hostile.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["Subject", *names], *([text[:100] or "x", *names] for text in names)])
    put(panel, "path", "hostile.csv")
    pressed(panel, "Open")

    assert panel.failure is None
    assert set(names) - {name.strip('"').strip() for name in names} or set(columns(panel))
    for name in list(columns(panel))[:5]:
        do(panel, "choose", column=name, value="tags")
        assert "tags" == columns(panel)[name]["value"]
    assert panel.view == json.loads(json.dumps(panel.view, allow_nan=False))


def test_hostile_words_typed_anywhere_are_told_or_kept_and_break_nothing(panel):
    """As a path, a zone, a column."""
    pressed(panel, "in/late.csv")
    for text in [*HOSTILE, *BROKEN]:
        put(panel, "path", text)
        pressed(panel, "Open")
        do(panel, "answer", question="zone", value=text, place="x")
        do(panel, "choose", column=text, value=text)

        assert (text, None) == (text, panel.failure)
        assert fields(panel)["path"]["error"]


def test_an_event_that_nobody_knows_is_told(panel):
    """And changes nothing."""
    send(panel, "dance")
    assert "nobody knows" in panel.head["trouble"]

    do(panel, "dance")
    assert "has no 'dance'" in panel.head["trouble"]


def test_a_step_before_a_file_is_open_is_told(bring):
    """In code as in the panel."""
    for call in (bring.count, bring.take_in, lambda: bring.choose("a", "title"), lambda: bring.save_mapping("a.toml")):
        with pytest.raises(PostmortemError, match="open one first"):
            call()
    with pytest.raises(DataError, match="no such file"):
        bring.open("no.csv")


def test_it_opens_by_path_and_by_the_environment(full_store, monkeypatch):
    """As the others do."""
    monkeypatch.setenv("POSTMORTEM_STORE", full_store.url)
    opened = open_bring_data()

    assert 24 == len(opened.store)
    assert SAMPLE.endswith("complaints.csv")
    opened.store.close()


def test_each_reason_of_a_rejected_row_has_a_line_of_its_own_without_words_of_a_mapping_file(panel, tmp_path):
    """The remedy is read to its end; `[source]` stands in a file that nobody here has seen."""
    (tmp_path / "t.csv").write_text(
        "No,Subject,Occurred,Informed\n1,Late,2026-01-02,2026-01-03\n2,Lost,2026-01-02,2026-01-03\n"
        "3,Gone,2026-01-02,2026-01-03\n4,Torn,soon,later\n",
        encoding="utf-8",
    )
    put(panel, "path", "t.csv")
    pressed(panel, "Open")
    listed = [text for text in texts(panel.view) if text.startswith("Row 5: ")]

    assert 2 == len(listed)
    assert all("found 'soon'" in one or "found 'later'" in one for one in listed)
    assert not any("[source]" in text or " | " in text for text in texts(panel.view))


def test_a_file_for_which_a_mapping_comes_along_is_told(panel, bring, tmp_path):
    """Brought in both ways its rows would stand there twice; of another table nothing is said."""
    header = (
        "Date received,Product,Sub-product,Issue,Sub-issue,Consumer complaint narrative,Company public response,"
        "Company,State,ZIP code,Tags,Consumer consent provided?,Submitted via,Date sent to company,"
        "Company response to consumer,Timely response?,Consumer disputed?,Complaint ID"
    )
    row = "2020/3/18,Loan,,Late fee,,,,Bank,FL,330XX,,,Web,2020/3/18,Closed,Yes,N/A,1"
    (tmp_path / "cfpb.csv").write_text(f"{header}\n{row}\n", encoding="utf-8")
    bring.open("cfpb.csv")

    assert "cfpb" == bring.ready
    assert any("postmortem import cfpb.csv reads it through the mapping 'cfpb'" in text for text in texts(panel.view))
    assert "" == bring.open("in/late.csv").ready
    assert not any("comes along" in text for text in texts(panel.view))
