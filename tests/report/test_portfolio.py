"""Many incidents on one page: the answer, its facts, the charts around their numbers, a file that stands alone."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from pathlib import Path

import pytest

from postmortem.charts.embed import plotly_js, script_safe
from postmortem.record import Incident, incident_from
from postmortem.report import portfolio_summary, render
from postmortem.report.redaction import with_texts
from postmortem.report.summary import AnswerFact
from postmortem.store import open_store

SAMPLES = Path(__file__).parents[2] / "data" / "samples"
HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(1)>{{ 7*7 }}"


def kept(folder, incidents):
    """The tidy tables of incidents, by way of a store."""
    store = open_store(folder / "store.db")
    for incident in incidents:
        store.save(incident, by="test")
    tables = store.tables()
    store.close()
    return tables


@pytest.fixture(scope="module")
def samples():
    """The incidents that come with the package."""
    return [incident_from(json.loads(path.read_text(encoding="utf-8"))) for path in sorted(SAMPLES.glob("*.json"))]


@pytest.fixture(scope="module")
def summary(samples, playbook, now, tmp_path_factory):
    """The page about all samples, with a filter's words on it."""
    tables = kept(tmp_path_factory.mktemp("samples"), samples)
    return portfolio_summary(tables, playbook, now=now, filters={"team": "all", "severity": ""}, of=40)


@pytest.fixture(scope="module")
def empty(playbook, now, tmp_path_factory):
    """The page about nothing."""
    return portfolio_summary(kept(tmp_path_factory.mktemp("empty"), []), playbook, now=now)


def charts(summary):
    """Every chart of a page, by its key."""
    return {chart.key: chart for chapter in summary.chapters for chart in chapter.charts}


def test_the_answer_stands_on_four_facts_each_with_its_chart(summary):
    """Each fact links to a chart of the page; what can't be said stands below."""
    assert 4 == len(summary.facts)
    assert {fact.chart for fact in summary.facts} <= charts(summary).keys()
    assert summary.caveat.startswith("What we cannot say:")


def test_a_cause_that_others_equal_is_not_said_to_lead(summary):
    """Two causes with four incidents each are named together (R43)."""
    assert summary.answer.startswith("No cause leads alone:")
    assert (
        AnswerFact(said="4 of 24", note="incidents have it, 17\xa0%, as many as 1 other", chart="pareto")
        == (summary.facts[0])
    )


def test_the_filters_stand_there_as_text_with_the_count(summary, read):
    """A control that does nothing in a file is not there; an empty filter is not named."""
    page = read(render(summary, "html"))

    assert "team: all" == summary.filters
    assert "showing 24 of 40 incidents, 16 hidden by the filter" == summary.count
    assert not page.of("select")
    assert "team: all · showing 24 of 40 incidents" in page.text


def test_the_chapters_hold_the_charts_in_their_order(summary):
    """Where it hurts, recurring causes, did it help, how we handle it."""
    assert {
        "Where it hurts": ["pareto", "months", "category_by_team"],
        "Recurring causes": ["between"],
        "Did it help": ["held", "open"],
        "Is our handling getting better": ["told", "waits", "steps", "promises"],
    } == {chapter.title: [chart.key for chart in chapter.charts] for chapter in summary.chapters}


def test_each_chart_has_its_parts_in_the_order_of_the_design(summary, read):
    """Overline, title, subtitle, drawing, verdict, then the same in words and as a table."""
    html = render(summary, "html")
    figure = html[html.index('<figure class="chart" id="months"') :].partition("</figure>")[0]
    order = ['"overline"', '"finding"', '"sub"', '"plot"', "<figcaption>", "<details>", "<table>"]

    assert sorted(figure.index(part) for part in order) == [figure.index(part) for part in order]
    assert read(figure).of("figure", role="group")[0]["aria-labelledby"] == "months-title months-sub"
    assert read(figure).of("div", class_="plot")[0]["aria-hidden"] == "true"


def test_open_actions_are_a_table_with_the_latest_first(summary, samples, now):
    """Counted here a second time, from the records themselves."""
    waiting = [action for incident in samples for action in incident.actions if action.done_on is None]
    late = sum(action.due_on is not None and action.due_on < now.date() for action in waiting)
    rows = charts(summary)["open"].rows
    days = [int(row[5].split()[0]) for row in rows if row[5].endswith("late")]

    assert len(waiting) == len(rows)
    assert late == len(days)
    assert sorted(days, reverse=True) == days


def test_amounts_stand_in_the_currency_of_the_records(summary):
    """The samples are in pounds, whatever the playbook counts in."""
    assert any("GBP" in column for column in charts(summary)["pareto"].columns)
    assert not any("EUR" in column for column in charts(summary)["pareto"].columns)


def test_every_figure_is_there_in_light_and_in_dark(summary):
    """Two builds, not a filter: the colours differ, the data do not."""
    for chart in charts(summary).values():
        if chart.light:
            light, dark = json.loads(chart.light), json.loads(chart.dark)

            assert light["layout"]["template"] != dark["layout"]["template"]
            assert [trace.get("x") for trace in light["data"]] == [trace.get("x") for trace in dark["data"]]
            assert light["config"]["showSendToCloud"] is False


def test_the_page_runs_its_own_scripts_and_no_other(summary, read):
    """The policy names the two scripts by their hashes; plotly.js is there once."""
    html = render(summary, "html")
    policy = next(
        found["content"] for found in read(html).of("meta") if found.get("http-equiv") == "Content-Security-Policy"
    )
    scripts = re.findall(r"<script>(.*?)</script>", html, re.DOTALL)
    hashes = [base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts]

    assert 2 == len(scripts)
    assert 1 == html.count(plotly_js()[:4000])
    assert f"script-src 'sha256-{hashes[0]}' 'sha256-{hashes[1]}'" in policy
    assert "default-src 'none'" in policy


def test_the_page_loads_nothing(summary, read):
    """Every address in it is a place on the page."""
    page = read(render(summary, "html"))

    assert not [found for _, found in page.elements if "src" in found]
    assert all((found["href"] or "").startswith("#") for found in page.of("a"))
    assert not page.of("link")


def test_the_same_tables_give_the_same_bytes(samples, playbook, now, tmp_path):
    """No random id in figure or page."""
    tables = kept(tmp_path, samples[:6])
    once, twice = (render(portfolio_summary(tables, playbook, now=now), "html") for _ in range(2))

    assert once == twice


def test_nothing_to_show_is_said_in_sentences(empty, read):
    """No empty chart without a sentence, no script without a drawing."""
    html = render(empty, "html")

    assert "No incident fits: widen the filter, or tell the first one" == empty.answer
    assert all(chart.empty or chart.rows for chart in charts(empty).values())
    assert 0 == html.count("<script")
    assert "No dates yet" in read(html).text


def test_of_no_incident_nothing_is_said_to_be_done(empty, read):
    """Not one classified, and no action done: there are none."""
    text = read(render(empty, "html")).text

    assert "What we cannot say: anything yet." in text
    assert "has a classified cause" not in text
    assert "Every action is done" not in text


def test_few_incidents_lead_to_no_leader(samples, playbook, now, tmp_path):
    """Under ten, nothing leads (R43)."""
    summary = portfolio_summary(kept(tmp_path, samples[:3]), playbook, now=now)

    assert "3 incidents so far: read each one, it is too early to say what leads" == summary.answer


def test_hostile_texts_make_no_element_in_the_page(incident, playbook, now, read, tmp_path):
    """In titles, causes, teams and actions alike; inside figures they are text too."""
    typed = with_texts(incident, lambda _: HOSTILE, frozenset())
    others = [Incident(title=HOSTILE, team=HOSTILE, service=HOSTILE, occurred_at=now) for _ in range(11)]
    summary = portfolio_summary(kept(tmp_path, [typed, *others]), playbook, now=now, filters={HOSTILE: HOSTILE})
    html = render(summary, "html")
    page = read(html)

    assert not page.of("img")
    assert not [name for _, found in page.elements for name in found if name.startswith("on")]
    assert 2 == len([found for found in page.of("script") if "type" not in found])
    assert "<img" not in html.replace(plotly_js(), "")
    assert "<img" not in render(summary, "md")


def test_the_markdown_and_the_json_hold_the_numbers_without_the_drawings(summary):
    """Each chart's table is there; no figure's JSON is."""
    data = json.loads(render(summary, "json"))
    chart = data["chapters"][0]["charts"][0]

    assert {"light", "dark", "height"}.isdisjoint(chart)
    assert chart["rows"]
    assert "| Month | Incidents |" in render(summary, "md")


def test_a_script_element_can_not_be_ended_from_inside():
    """Whatever stands in the JSON, it can be read back, and no sign of markup is in it."""
    text = script_safe({"x": HOSTILE + "\u2028<!--&"})

    assert not {"<", ">", "&", "\u2028"} & set(text)
    assert HOSTILE + "\u2028<!--&" == json.loads(text)["x"]
