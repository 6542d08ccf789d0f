"""Post-mortems as teams write them, in Markdown."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postmortem.exchange import load_headings, read, shipped_headings
from postmortem.exchange.prose.account import REST, incident_of
from postmortem.exchange.prose.headings import plain
from postmortem.record.errors import DataError
from postmortem.record.reading import document
from tests import hang

if TYPE_CHECKING:
    from pathlib import Path

    from postmortem.record.incident import Incident

NOW = datetime(2026, 11, 22, tzinfo=UTC)
SRE = """# Shakespeare Sonnet++ Postmortem (incident #465)

Date: 2015-10-21

Authors: jennifer, martym

Status: Complete, action items in progress

## Summary

Shakespeare Search down for 66 minutes.

## Impact

Estimated 1.21B queries lost, no revenue impact.

## Root Causes

Cascading failure due to a combination of exceptionally high load and a resource leak.

## Trigger

Latent bug triggered by sudden increase in traffic.

## Action Items

| Action Item | Type | Owner | Bug | Due |
| --- | --- | --- | --- | --- |
| Update playbook with instructions for responding to cascading failure | mitigate | jennifer | n/a DONE | 2015-11-02 |
| Flux capacitor balancer \\| proxy | prevent | docbrown | 5554823 TODO | |

## Lessons Learned

### What went well

- Monitoring quickly alerted us

### What went wrong

- We were out of practice

### Where we got lucky

- The mailing list had a copy of the sonnet

## Timeline

2015-10-21 (*all times UTC*)

- 14:51 News reports that a new sonnet has been discovered
- 14:53 Traffic increases by 88x
- **OUTAGE ENDS**, all traffic balanced
- 15:36 Outage mitigated

## Supporting information

Monitoring dashboard, <https://monitor/shakespeare>
"""


def told(text: str) -> Incident:
    """What a document comes to."""
    return incident_of(text, "docs/a.md", shipped_headings(), stem="a")


def words_lost(text: str, incident: Incident) -> set[str]:
    """The words of a document that stand nowhere in the incident; written apart from the program's own search."""

    def leaves(value: object) -> list[str]:
        if isinstance(value, dict):
            return [leaf for one in value.values() for leaf in leaves(one)]
        return [leaf for one in value for leaf in leaves(one)] if isinstance(value, list) else [str(value)]

    there = " ".join(leaves(document(incident))).casefold()
    return {word for word in re.split(r"\W+", text.casefold()) if word and word not in there}


def test_the_example_of_the_book_is_read_in_all_its_parts():
    """Site Reliability Engineering, appendix D: every section comes to its field."""
    incident = told(SRE)

    assert "Shakespeare Sonnet++ Postmortem (incident #465)" == incident.title
    assert "Shakespeare Search down for 66 minutes." == incident.summary
    assert "Estimated 1.21B queries lost, no revenue impact." == incident.impact.happened
    assert [("possible", None)] == [
        (why.status, cause.category) for why, cause in zip(incident.whys, incident.causes, strict=True)
    ]
    assert [("jennifer", "2015-11-02"), ("docbrown", "None")] == [
        (one.owner, str(one.due_on)) for one in incident.actions
    ]
    assert ["", ""] == [action.form for action in incident.actions]
    assert "Type: mitigate; Bug: n/a DONE" in incident.actions[0].text
    assert "What went well: Monitoring quickly alerted us" == incident.learned[0]
    assert ["14:51", "14:53", None, "15:36"] == [one.at and f"{one.at:%H:%M}" for one in incident.timeline]
    assert "**OUTAGE ENDS**, all traffic balanced" == incident.timeline[2].text
    assert "2015-10-21T14:51:00+00:00" == incident.occurred_at.isoformat()
    assert {"introduction", "Trigger", "Supporting information", "Timeline"} == {one.name for one in incident.extra}


@pytest.mark.parametrize(
    ("heading", "line", "at"),
    [
        ("Timeline (times in CET)", "2020-01-21 15:36 Down", "2020-01-21T14:36:00+00:00"),
        ("Timeline", "2020-01-21 15:36 PST Down", "2020-01-21T23:36:00+00:00"),
        ("Timeline", "2020-01-21T15:36+05:30 Down", "2020-01-21T10:06:00+00:00"),
        ("Timeline (UTC)", "**21. January 2020, 3:36 PM**: Down", "2020-01-21T15:36:00+00:00"),
        ("Timeline (UTC)", "Jan 21, 2020 15:36 - Down", "2020-01-21T15:36:00+00:00"),
        ("Timeline (UTC)", "21.1.2020 15:36 Down", "2020-01-21T15:36:00+00:00"),
        ("Timeline (UTC)", "21/01/2020 15:36 Down", "2020-01-21T15:36:00+00:00"),
        ("Timeline (UTC)", "~2020-01-21 15:36 Down", "2020-01-21T15:36:00+00:00"),
    ],
)
def test_a_time_that_can_mean_one_moment_only_is_read(heading: str, line: str, at: str):
    """In the forms in which people write it; the text that follows is left as it is."""
    moment = told(f"# A\n\n## {heading}\n\n- {line}\n").timeline[0]

    assert at == moment.at.isoformat()
    assert "Down" == moment.text.removeprefix("~ ")


@pytest.mark.parametrize(
    ("heading", "line"),
    [
        ("Timeline", "2020-01-21 15:36 Down"),
        ("Timeline (IST)", "2020-01-21 15:36 Down"),
        ("Timeline (UTC)", "15:36 Down"),
        ("Timeline (UTC)", "06/04/2023 15:36 Down"),
        ("Timeline (UTC)", "2020-13-41 15:36 Down"),
        ("Timeline (UTC)", "2020-01-21 25:61 Down"),
        ("Timeline (UTC)", "2020-01-21 HH:mm Down"),
        ("Timeline (UTC)", "2020-01-21 15:36 IST Down"),
    ],
)
def test_a_time_that_may_mean_another_moment_stays_text(heading: str, line: str):
    """No zone, a name of several zones, no day, a day that may be a month: nothing is made up."""
    moment = told(f"# A\n\n## {heading}\n\n- {line}\n").timeline[0]

    assert (None, line) == (moment.at, moment.text)


def test_a_day_is_carried_on_until_the_clock_goes_back():
    """After midnight nobody can say which day is meant, until it is said."""
    lines = "- 2020-01-21 23:50 One\n- 23:55 Two\n- 00:10 Three\n- 2020-01-22 00:20 Four\n- 00:30 Five\n"
    moments = told(f"# A\n\n## Timeline (UTC)\n\n{lines}").timeline

    assert ["21 23:50", "21 23:55", None, "22 00:20", "22 00:30"] == [
        one.at and f"{one.at:%d %H:%M}" for one in moments
    ]


def test_five_whys_in_a_list_become_a_chain():
    """Its last answer is the root."""
    incident = told("# A\n\n## Root cause identification: The Five Whys\n\n1. No light\n2. Cable cut\n3. No map\n")

    assert [None, "w1", "w2"] == [why.parent for why in incident.whys]
    assert ["w3"] == [cause.why for cause in incident.causes]


def test_what_has_no_field_is_kept_whole_under_its_heading():
    """With what stands below it, code and quotes included."""
    incident = told("# A\n\n## Attendees\n\n- Ana\n\n### Remote\n\n> Ben\n\n```sh\nls\n```\n\n[x]: http://y\n")

    assert [("Attendees", "- Ana\n\n### Remote\n\n> Ben\n\n```sh\nls\n```"), (REST, "[x]: http://y")] == [
        (one.name, one.value) for one in incident.extra
    ]


FORMS = (
    "# {}|## {}|### {}|## Timeline {}|## Root causes {}|## Action items|## Lessons learned|## Summary"
    "|### What went well"
    "|## Why did it happen?|- {}|  - {}|* {}|1. {}|> {}|```|~~~ {}|¦ {} ¦ Owner ¦|¦ --- ¦ --- ¦|¦ {} ¦ {} ¦|{}|    {}||"
    "|---|===|- 2020-01-21 10:00 UTC {}|12:00 {}|[{}]: http://a|[{}]: <b> '{}'|<!-- {} -->|<div>{}</div>|![{}](x)"
    "|owner: {} due: {}|+++|---\n{}: {}\n---|- [x] {}|\\{}"
)
LINES = st.sampled_from([line.replace("¦", "|") for line in FORMS.split("|")])
WORDS = st.from_regex(r"\A[a-zäß日0-9_]{1,8}\Z")


@given(st.lists(st.tuples(LINES, WORDS, WORDS), max_size=14))
def test_every_word_of_any_document_stands_somewhere_in_its_incident(lines: list[tuple[str, str, str]]):
    """Whatever it is put together from, wherever a fence is left open; times and known headings aside."""
    text = "\n".join(line.format(*words) for line, *words in lines)
    known = "timeline root causes action items lessons learned summary why did it happen what went well owner utc"

    assert set() == {word for word in words_lost(text, told(text)) - set(known.split()) if not word.isdecimal()}


def test_the_net_holds_what_the_parser_drops():
    """Broken once: a definition that stands twice is dropped by every parser of Markdown, and kept here."""
    incident = told("# A\n\n[x]: http://first\n[x]: http://second 'again'\n")

    assert "[x]: http://first\n[x]: http://second 'again'" == incident.extra[-1].value


def test_front_matter_gives_the_title_and_is_kept():
    """YAML and TOML; what is broken stays as text."""
    yaml = told("---\ntitle: Mail late\nlayout: post\ntags: [a, b]\n---\nWords.\n")
    toml = told('+++\ntitle = "Mail late"\nauthors = ["Ana"]\n+++\n\nWords.\n')
    broken = told("---\ntitle: a: b\n---\nWords.\n")

    assert ["Mail late", "Mail late", "a"] == [one.title for one in (yaml, toml, broken)]
    assert [("layout", "post"), ("tags", '["a", "b"]')] == [(one.name, one.value) for one in yaml.extra]
    assert ("front matter", "title: a: b\n") == (broken.extra[0].name, broken.extra[0].value)
    assert {"Words."} == {one.summary for one in (yaml, toml, broken)}


def test_the_same_file_is_the_same_incident_from_wherever_it_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Its folder and its name are its key."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "a.md").write_text(SRE)
    first = read(tmp_path / "docs" / "a.md", now=NOW).incidents[0]
    monkeypatch.chdir(tmp_path / "docs")

    assert first == read("a.md", now=NOW).incidents[0]
    assert "docs/a.md" == first.source.key


def test_a_team_adds_its_own_headings(tmp_path: Path):
    """What it names comes first; the rest stays as shipped; a slip is told."""
    own = tmp_path / "own.toml"
    own.write_text('[headings]\nlearned = ["Attendees"]\n[zones]\nIST = "+05:30"\n')
    text = "# A\n\n## Attendees\n\n- Ana\n\n## Timeline (IST)\n\n- 2020-01-21 15:36 Down\n"
    incident = incident_of(text, "a", load_headings(own))

    assert ("Attendees: Ana",) == incident.learned
    assert "2020-01-21T10:06:00+00:00" == incident.timeline[0].at.isoformat()
    own.write_text('[headings]\nlerned = ["x"]\n[zone]\nA = "B"\n')
    with pytest.raises(DataError, match="zone: unknown section; did you mean 'zones'"):
        load_headings(own)
    own.write_text('[headings]\nlerned = ["x"]\nsummary = "y"\n[zones]\nA = "B"\n')
    with pytest.raises(DataError, match=r"(?s)did you mean 'learned'.*expected a list of texts.*no time zone: 'B'"):
        load_headings(own)


def test_every_shipped_heading_is_written_as_it_is_compared():
    """A pattern that nothing can equal would be a trap."""
    assert [] == [
        pattern
        for pattern, _ in shipped_headings().headings
        if plain(pattern.replace("*", "")) != pattern.replace("*", "").strip()
    ]


@pytest.mark.parametrize(
    "text",
    [
        ">" * 5_000 + " x",
        "- " * 3_000 + "x",
        "## " + "(" * 50_000,
        "# A\n## Timeline (UTC)\n" + "- 2020-01-21 10:00 x\n" * 5_000,
        "---\n" + "a: [\n" * 3_000 + "---\nx",
        "+++\na = " + "[" * 3_000 + "\n+++\nx",
    ],
    ids=["quotes", "lists", "brackets", "timeline", "yaml", "toml"],
)
def test_a_hostile_document_is_read_to_its_end(text: str):
    """Nesting and repetition neither break the reading nor stall it."""
    with hang.ends():
        incident = told(text)

    assert incident.title
