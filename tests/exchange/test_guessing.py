"""A mapping is guessed from headers and values: what is sure is proposed, what only a person can tell is asked."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from postmortem.exchange import guess, mapping_from
from postmortem.exchange.guesses.guessing import guess_of
from postmortem.exchange.guesses.sampling import Sample
from postmortem.record.errors import DataError
from tests.widgets.hostile import HOSTILE

EXAMPLE = Path(__file__).parents[2] / "data" / "examples" / "complaints.csv"


def table(*columns, name="crm.csv"):
    """A guess for columns given as (header, cells)."""
    return guess_of(
        Sample(name, tuple(title for title, _ in columns), tuple(zip(*(cells for _, cells in columns), strict=True)))
    )


def fields(it):
    """Where each column goes."""
    return {one.column: one.to for one in it.proposals}


def asked(it, name):
    """One question."""
    return next((one for one in it.questions if one.name == name), None)


WHAT = ("Subject", ["Line is dead", "Sent twice", "Came late"])


def test_the_sample_table_is_read_as_its_columns_say():
    """Key, title, times, team, customer, numbers, cause and action; the status of another system is kept."""
    it = guess(EXAMPLE)

    assert {
        "Ticket No": "key",
        "Subject": "title",
        "Details": "summary",
        "Happened": "occurred_at",
        "Resolved": "fixed_at",
        "Department": "team",
        "Customer name": "customer.name",
        "Customer e-mail": "customer.contact",
        "Minutes lost": "impact.customer_min",
        "Cost": "impact.our_cost",
        "Root cause": "whys",
        "Action taken": "actions",
        "Status": "extra",
    } == fields(it)
    assert (";", ",", ".", ("N/A",)) == tuple(
        getattr(it.mapping.source, name) for name in ("separator", "decimal", "thousands", "empty")
    )
    assert ("Unknown",) == it.mapping.columns["Root cause"].undecided


def test_a_guess_changes_nothing_but_gives_another():
    """A frozen value: what was chosen and answered stands in the new one only."""
    it = guess(EXAMPLE)
    other = it.choose("Status", "tags").answer("zone", "Europe/London")

    assert ("extra", "tags") == (fields(it)["Status"], fields(other)["Status"])
    assert ("UTC", "Europe/London") == (it.mapping.source.zone, other.mapping.source.zone)


@pytest.mark.parametrize(
    ("dates", "order", "pattern"),
    [
        (["03/04/2025", "25/12/2025", "01/02/2025"], "day first", "%d/%m/%Y"),
        (["03/04/2025", "12/25/2025", "01/02/2025"], "month first", "%m/%d/%Y"),
        (["03.04.25 9:05", "25.12.25 14:00", "01.02.25 1:00"], "day first", "%d.%m.%y %H:%M"),
        (["3 Mar 2025", "25 Dec 2025", "1 Feb 2025"], "", "%d %b %Y"),
        (["2025/3/4 2:05 PM", "2025/12/25 2:05 AM", "2025/1/2 2:05 AM"], "", "%Y/%m/%d %I:%M %p"),
    ],
)
def test_one_value_that_fits_one_way_only_decides_the_order_of_day_and_month(dates, order, pattern):
    """25/12 can't be a month; nothing is asked then."""
    it = table(WHAT, ("Occurred", dates))

    assert (pattern,) == it.mapping.source.dates
    assert order == it._dates.order
    assert asked(it, "day order") is None


def test_dates_that_fit_both_ways_are_asked_with_both_days():
    """And nobody may take them in before that is answered."""
    it = table(WHAT, ("Occurred", ["03/04/2025", "05/06/2025", "07/08/2025"]))
    question = asked(it, "day order")

    assert "03/04/2025: is that 3 April or 4 March?" == question.text
    assert ["day order"] == [one.name for one in it.needed]

    told = it.answer("day order", "month first")
    assert ("%m/%d/%Y",) == told.mapping.source.dates
    assert "2025-03-04" == told.preview(1)[0].incident.occurred_at.date().isoformat()
    assert () == told.needed


def test_dates_that_prove_both_orders_are_never_read_in_both():
    """The order of most is taken and asked; the others are rejected, not turned round in silence."""
    it = table(WHAT, ("Occurred", ["25/12/2025", "26/12/2025", "12/27/2025"]))
    it = table(
        ("Subject", ["a b", "c d", "e f", "g h"]),
        ("Occurred", ["25/12/2025", "26/12/2025", "12/27/2025", "03/04/2025"]),
    )

    assert ("%d/%m/%Y",) == it.mapping.source.dates
    assert asked(it, "day order").needed
    assert [True, True, False, True] == [shown.incident is not None for shown in it.preview(4)]


@pytest.mark.parametrize(
    ("costs", "marks"),
    [
        (["1.234,50", "12", "3,5"], (",", ".")),
        (["1,234.50", "12", "3.5"], (".", ",")),
        (["€ 12,50", "3", "7"], (",", "")),
        (["1'200.00", "3", "7"], (".", "'")),
    ],
)
def test_numbers_tell_their_marks(costs, marks):
    """And are read with them."""
    it = table(WHAT, ("Cost", costs))

    assert marks == (it.mapping.source.decimal, it.mapping.source.thousands)
    assert all(shown.incident for shown in it.preview(3))


def test_a_number_that_fits_both_ways_is_asked():
    """One thousand, or one and a fraction."""
    it = table(WHAT, ("Cost", ["1,234", "12", "7"]))

    assert "1,234: is that 1234, or 1 and a fraction?" == asked(it, "decimal mark").text
    assert 1234 == it.preview(1)[0].incident.impact.our_cost
    assert "1.234" == str(it.answer("decimal mark", ",").preview(1)[0].incident.impact.our_cost)


def test_two_columns_that_could_name_the_incident_are_asked():
    """The first one until then."""
    it = table(WHAT, ("Title", ["One thing", "Another thing", "A third"]))

    assert "Which of these two columns names the incident: 'Title' or 'Subject'?" == asked(it, "title").text
    assert "Line is dead" == it.answer("title", "Subject").preview(1)[0].incident.title


def test_a_time_of_reporting_stands_in_for_the_time_it_happened_and_is_asked():
    """Without a time an incident can't be counted by month; the person may say what it is."""
    it = table(WHAT, ("Created", ["2025-01-02", "2025-01-03", "2025-01-04"]))
    question = asked(it, "meaning of Created")

    assert ("occurred_at", "occurred_at") == (fields(it)["Created"], question.assumed)
    assert "known_at" == fields(it.answer(question.name, "known_at"))["Created"]


def test_a_company_is_asked_whether_it_did_the_work_or_was_hurt():
    """Names that stand once each are more likely customers."""
    names = [f"Company {number}" for number in range(30)]
    titles = [f"Late for the {number}th time" for number in range(30)]
    hurt = table(("Subject", titles), ("Company", names))
    worked = table(("Subject", titles), ("Company", names[:3] * 10))

    assert ("customer.name", "team") == (fields(hurt)["Company"], fields(worked)["Company"])
    assert "who did the work" in asked(hurt, "meaning of Company").text


@pytest.mark.parametrize("header", ["Name", "Customer", "Caller", "Full name", "Contact", "Reported by"])
def test_a_persons_name_never_becomes_a_title(header):
    """Nor a part of one that is put together."""
    people = ["Ada Quillfeather", "Bo Quillfeather", "Cy Quillfeather"]
    it = table((header, people), ("Type", ["Late", "Late", "Lost"]), ("Customer name", people))

    assert not any("Quillfeather" in shown.incident.title for shown in it.preview(3))
    assert "title" not in fields(it).values()


def test_no_kind_of_cause_is_ever_guessed():
    """A cause is a why without a kind, even where its word sounds like one."""
    it = table(WHAT, ("Root cause", ["Training", "No training", "System down"]))
    causes = [cause for shown in it.preview(3) for cause in shown.incident.causes]

    assert [None, None, None] == [cause.category for cause in causes]
    assert "categories" not in it.text


def test_a_column_of_our_own_kinds_is_taken_only_where_all_its_words_are_kinds():
    """Then nothing is guessed; another word, and it is kept as it is."""
    why = ("Root cause", ["No list", "Two clocks", "No lamp"])
    taken = table(WHAT, why, ("Cause category", ["System", "training", "SYSTEM"]))
    kept = table(WHAT, why, ("Cause category", ["System", "training", "Other"]))

    assert "system" == taken.preview(1)[0].incident.causes[0].category
    assert "extra" == fields(kept)["Cause category"]


def test_several_words_in_a_cell_become_several_whys_and_the_last_separator_is_no_word():
    """As SAFENET writes them."""
    it = table(WHAT, ("Contributing factors", ["Equipment;Weather;", "Weather;", "Equipment;"]))

    assert ";" == it.mapping.columns["Contributing factors"].separator
    assert ["Equipment", "Weather"] == [why.text for why in it.preview(1)[0].incident.whys]


def test_numbered_whys_are_one_chain():
    """Each the reason of the one before."""
    it = table(WHAT, *((f"Why {at}", [f"because {at} {row}" for row in range(3)]) for at in range(1, 4)))

    assert [None, "w1", "w2"] == [why.parent for why in it.preview(1)[0].incident.whys]


def test_a_day_and_its_time_in_two_columns_are_one_instant():
    """Where every time can be read; the column of the times is kept too."""
    it = table(WHAT, ("Date", ["25/12/2025", "26/12/2025", "27/12/2025"]), ("Hour", ["2:00 PM", "", "11:30 AM"]))

    assert ["14:00", "00:00", "11:30"] == [f"{shown.incident.occurred_at:%H:%M}" for shown in it.preview(3)]


def test_a_column_whose_values_would_be_refused_is_kept_as_it_is():
    """Fixed before it happened: no row is lost for it, and the reason says so."""
    it = table(
        ("Subject", [f"Number {at}" for at in range(5)]),
        ("Occurred", [f"2025-02-0{at + 1}" for at in range(5)]),
        ("Resolved", [f"2025-01-0{at + 1}" for at in range(5)]),
    )
    proposal = next(one for one in it.proposals if one.column == "Resolved")

    assert ("extra", "fixed_at") == (proposal.to, proposal.alternatives[0])
    assert "5 of the first 5 rows would not do" in proposal.reason
    assert all(shown.incident for shown in it.preview(5))


def test_rows_without_a_title_get_one_that_is_put_together():
    """Better a plain title than a lost row."""
    it = table(("Ticket", ["A-1", "A-2", "A-3"]), ("Subject", ["Line is dead", "", "Came late"]))

    assert ["Line is dead", "crm A-2", "Came late"] == [shown.incident.title for shown in it.preview(3)]


def test_a_choice_stands_and_the_rest_is_proposed_around_it():
    """A field that was chosen for another column is free again."""
    it = guess(EXAMPLE).choose("Details", "title")

    assert ("title", "extra") == (fields(it)["Details"], fields(it)["Subject"])
    assert ("extra", "title") == tuple(
        fields(it.choose("Subject", "title").choose("Details", "extra"))[name] for name in ("Details", "Subject")
    )


def test_what_there_is_not_is_refused_with_a_near_name():
    """Columns, fields, questions, answers, zones."""
    it = guess(EXAMPLE)
    for call, hint in (
        (lambda: it.choose("Subjct", "title"), "did you mean 'Subject'"),
        (lambda: it.choose("Subject", "titel"), "did you mean 'title'"),
        (lambda: it.answer("day ordr", "day first"), "did you mean 'day order'"),
        (lambda: it.answer("day order", "day frist"), "did you mean 'day first'"),
        (lambda: it.answer("zone", "Mars/Olympus"), "expected a time zone"),
    ):
        with pytest.raises(DataError, match=hint):
            call()


def test_the_text_of_a_guess_is_its_mapping():
    """With reasons and questions as comments."""
    it = guess(EXAMPLE)

    assert it.mapping == mapping_from(tomllib.loads(it.text))
    assert "# - 04/11/2025 09:15: is that 4 November or 11 April?" in it.text
    assert "# sure: its name is 'subject'" in it.text


def test_hostile_headers_and_cells_stay_inside_their_strings_and_comments():
    """The saved mapping is the guessed one, whatever the table holds."""
    names = list(dict.fromkeys(text.strip() for text in HOSTILE if text.strip()))
    it = guess_of(
        Sample(
            HOSTILE[0],
            tuple(names),
            tuple(tuple(HOSTILE[at % len(HOSTILE)] for at in range(len(names))) for _ in range(3)),
        )
    )

    assert it.mapping == mapping_from(tomllib.loads(it.text))
    assert 3 == len(it.preview(3))


def test_a_team_adds_words_of_its_own_language(tmp_path):
    """In a file of the same form; the English ones stay."""
    words = tmp_path / "deutsch.toml"
    words.write_text('[fields.title]\nwords = ["betreff"]\n[fields.team]\nwords = ["abteilung"]\n', encoding="utf-8")
    file = tmp_path / "tickets.csv"
    file.write_text("Betreff;Abteilung;Root cause\nZu spät;Lager;Kein Plan\n", encoding="cp1252")
    it = guess(file, words=words)

    assert {"Betreff": "title", "Abteilung": "team", "Root cause": "whys"} == fields(it)
    assert ("cp1252", ";") == (it.mapping.source.encoding, it.mapping.source.separator)


def test_words_that_do_not_fit_are_refused_by_key(tmp_path):
    """With a near name."""
    words = tmp_path / "deutsch.toml"
    words.write_text('[fields.titel]\nwords = ["betreff"]\n', encoding="utf-8")

    with pytest.raises(DataError, match="did you mean 'title'"):
        guess(EXAMPLE, words=words)


@pytest.mark.parametrize(
    ("name", "content", "finding"),
    [
        ("no.csv", None, "no such file"),
        ("empty.csv", b"", "empty"),
        ("head.csv", b"a,b\n", "no row below the header"),
        ("picture.csv", bytes(range(32)) * 30, "binary"),
        ("book.txt", b"a,b\n1,2\n", "a table is needed"),
        ("twice.csv", b"a,a\n1,2\n", "stands 2 times"),
    ],
)
def test_a_file_that_will_not_do_is_told(tmp_path, name, content, finding):
    """With the place and the remedy, never otherwise."""
    if content is not None:
        (tmp_path / name).write_bytes(content)

    with pytest.raises(DataError, match=finding):
        guess(tmp_path / name)


def test_a_folder_is_told(tmp_path):
    """As everywhere."""
    with pytest.raises(DataError, match="this is a folder"):
        guess(tmp_path)


def test_what_happened_in_a_line_is_the_title_where_no_column_is_called_so():
    """The notes are then the summary, a person is asked, and what was chosen is not touched."""
    told = ("What happened", ["Parcel left in the rain", "Invoice sent twice", "Came a day early"])
    notes = ("Notes", ["She was very kind about it", "Paid back the next day", "He had waited since eight"])
    it = table(told, notes)
    long = table((told[0], [text * 8 for text in told[1]]), notes)

    assert {"What happened": "title", "Notes": "summary"} == fields(it)
    assert "Does 'What happened' say in one line what went wrong?" == asked(it, "title").text
    assert "no column is called like a title, and its texts fit into a line" == it.proposals[0].reason
    assert {"What happened": "summary", "Notes": "extra"} == fields(long)
    assert "title" == fields(it.choose("Notes", "title"))["Notes"]
    assert "summary" == fields(it.choose("What happened", "summary"))["What happened"]


def test_a_key_that_stands_twice_is_told_with_its_value():
    """Why the column that is called so does not name the rows."""
    it = table(("Ref", ["A-1", "A-2", "A-1"]), WHAT)

    assert {"Ref": "extra", "Subject": "title"} == fields(it)
    assert "its name says that it names the row, but 'A-1' stands in 2 rows" == it.proposals[0].reason
    assert "'Ref' would, but 'A-1' stands in 2 rows." in asked(it, "key").text
    assert "would, but" not in asked(table(("Team", ["A", "B", "A"]), WHAT), "key").text


def test_a_severity_of_another_system_is_kept_and_told_why():
    """An incident has a severity, so that "no such field" would not be true."""
    it = table(WHAT, ("Severity", ["High", "Low", "High"]), ("Wing", ["North", "South", "North"]))

    assert {"Subject": "title", "Severity": "extra", "Wing": "extra"} == fields(it)
    assert "how bad it was follows here from what was told of the harm, and is no column" == it.proposals[1].reason
    assert "no field of an incident goes by such a name" == it.proposals[2].reason
