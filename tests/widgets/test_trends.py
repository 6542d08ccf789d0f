"""Many incidents through filters: the counts, the charts and the report follow."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import postmortem.widgets
from postmortem.charts import KEYS, OF_ALL
from postmortem.charts.chart import NARROW
from postmortem.record.errors import PostmortemError
from postmortem.record.incident import Incident
from postmortem.record.reading import incident_from
from postmortem.widgets import Trends, open_trends
from postmortem.widgets.trends import FILTERS, FilterPanel
from tests.widgets.hostile import HOSTILE
from tests.widgets.seen import NOW, blocks, fields, send, texts

SHEET = (Path(postmortem.widgets.__file__).parent / "static" / "panel.css").read_text(encoding="utf-8")
each_chart = pytest.mark.parametrize("key", KEYS)
FOLLOWING = [key for key in KEYS if key not in OF_ALL]


@pytest.fixture
def trends(full_store):
    """The samples, looked at."""
    return Trends(full_store, now=lambda: NOW)


@pytest.fixture
def bar(trends):
    """The row of filters."""
    trends._repr_mimebundle_()
    return trends._shown


def choose(panel, name, value):
    """Choose in a filter."""
    send(panel, "put", place=name, value=value)


def figure(panel):
    """The drawing that the notebook renders."""
    (output,) = panel._figure.outputs
    return output["data"]["application/vnd.plotly.v1+json"]


def colours(panel):
    """Every colour that the drawing names."""
    return {text for text in texts(figure(panel)) if text.startswith("#")}


def about(panel, part):
    """The words above (`head`) or below (`tail`) a drawing."""
    return {"head": panel._above, "tail": panel._below}[part].view


# -- filters ----------------------------------------------------------------------------------------------------------


def test_without_a_filter_everything_is_shown(trends, bar):
    """And said."""
    assert "Showing 24 of 24 incidents." == trends.sentence() == bar.view["count"]
    assert "Showing 24 of 24 incidents. Run this cell to choose." == repr(trends) == repr(bar)


@pytest.mark.parametrize(
    ("name", "value", "of"),
    [
        ("team", "Field service", lambda it: it.team == "Field service"),
        ("service", "", lambda _: True),
        ("category", "system", lambda it: any(cause.category == "system" for cause in it.causes)),
        ("since", "1 Jan 2026", lambda it: it.occurred_at.year == 2026),
        ("until", "31 Dec 2025", lambda it: it.occurred_at.year == 2025),
    ],
)
def test_a_filter_shows_what_fits_it(bar, samples, name, value, of):
    """As counted from the incidents themselves."""
    choose(bar, name, value)
    expected = sum(map(of, samples.values()))

    assert f"Showing {expected} of 24 incidents." == bar.view["count"]
    assert 0 < expected


def test_every_choice_of_every_filter_shows_something(bar):
    """No list offers what leaves nothing, but for levels and categories that nobody has."""
    for name in ("team", "service"):
        for value, _ in fields(bar)[name]["options"]:
            choose(bar, name, value)

            assert "Showing 0 of" not in bar.view["count"]
        choose(bar, name, "")


@pytest.mark.parametrize("key", sorted(OF_ALL))
def test_what_is_of_all_records_stays_whatever_the_filters_say(trends, bar, key):
    """A list is used on jobs that went well, whichever incident it came from."""
    panel = trends.chart(key)
    before = (figure(panel), about(panel, "head"), about(panel, "tail"))
    choose(bar, "until", "1 Jan 1990")

    assert before == (figure(panel), about(panel, "head"), about(panel, "tail"))


@pytest.mark.parametrize("key", FOLLOWING)
def test_a_chart_follows_the_filters(trends, bar, key):
    """Its drawing and its words are those of what is shown; without filters they are as before."""
    panel = trends.chart(key)
    before = (figure(panel), about(panel, "head"), about(panel, "tail"))
    choose(bar, "team", trends.choices("team")[0])
    assert before[1]["subtitle"] != about(panel, "head")["subtitle"] or before[2] != about(panel, "tail")

    send(bar, "clear")

    assert before == (figure(panel), about(panel, "head"), about(panel, "tail"))


def test_filters_are_set_from_code_too(trends, bar):
    """The panel shows them."""
    trends.filter(team="Field service", since="1 Jan 2025")

    assert ("Field service", "1 Jan 2025") == tuple(fields(bar)[name]["value"] for name in ("team", "since"))
    assert [True, False] == [fields(bar)[name]["set"] for name in ("team", "until")]


def test_a_day_that_can_not_be_read_stays_with_a_sentence(bar):
    """What is shown does not change; a good day, or taking all away, mends it."""
    choose(bar, "since", "last spring")
    assert "last spring" == fields(bar)["since"]["value"]
    assert "27 Mar 2026" in fields(bar)["since"]["error"]
    assert "Showing 24 of 24 incidents." == bar.view["count"]

    choose(bar, "since", "1 Jan 2026")
    assert ("1 Jan 2026", "") == tuple(fields(bar)["since"][name] for name in ("value", "error"))

    choose(bar, "until", "sometime")
    send(bar, "clear")
    assert ("", "") == tuple(fields(bar)["until"][name] for name in ("value", "error"))


def test_an_end_before_its_beginning_stays_with_a_sentence(bar):
    """Beside the field, where it is seen."""
    choose(bar, "since", "1 Jan 2026")
    choose(bar, "until", "1 Jan 2025")

    assert "1 Jan 2025" == fields(bar)["until"]["value"]
    assert "before" in fields(bar)["until"]["error"]
    assert "" == bar.head.get("trouble", "")


def test_what_was_refused_is_forgotten_when_the_filter_is_set_from_code(trends, bar):
    """The field shows what is in force."""
    choose(bar, "since", "last spring")
    trends.filter(since="1 Jan 2026")

    assert ("1 Jan 2026", "") == tuple(fields(bar)["since"][name] for name in ("value", "error"))


def test_an_unknown_filter_offers_a_near_name(trends, bar):
    """In code and in the panel; nothing changes."""
    with pytest.raises(PostmortemError, match="did you mean 'category'"):
        trends.filter(categry="system")
    with pytest.raises(PostmortemError, match="there are: since, until, team"):
        trends.filter(xyz="system")
    choose(bar, "categry", "system")

    assert "did you mean 'category'" in bar.head["trouble"]
    assert dict.fromkeys(FILTERS, "") == trends.filters


def test_an_unknown_category_is_refused_and_the_filters_stay(trends):
    """All or nothing."""
    with pytest.raises(PostmortemError, match="did you mean 'training'"):
        trends.filter(category="trainning", team="Field service")

    assert dict.fromkeys(FILTERS, "") == trends.filters


def test_the_store_is_read_again_when_asked(trends, bar, full_store):
    """What was told meanwhile is counted then, and a new team can be chosen."""
    panel = trends.chart("months")
    full_store.save(Incident(title="New", team="New team", occurred_at="2026-03-02T10:00Z"), by="Ana")
    assert "Showing 24 of 24 incidents." == bar.view["count"]

    send(bar, "reload")

    assert "Showing 25 of 25 incidents." == bar.view["count"]
    assert "New team" in dict(fields(bar)["team"]["options"])
    assert "25" in about(panel, "head")["subtitle"]


def test_the_panel_is_plain_data(bar):
    """As every other."""
    assert bar.view == json.loads(json.dumps(bar.view, allow_nan=False))
    assert "nobody knows" in (send(bar, "dance") or bar.head["trouble"])


def test_a_hostile_text_in_a_filter_is_a_text(bar):
    """A day it is not, and it says so; as a team it shows nothing."""
    for text in HOSTILE[::4]:
        choose(bar, "since", text)
        choose(bar, "team", text)

        assert text == fields(bar)["since"]["value"]
        assert fields(bar)["since"]["error"]
        assert "Showing 0 of 24 incidents." == bar.view["count"]


def test_a_hostile_team_is_a_text_in_every_chart(store):
    """In the words as it is; in a drawing, which reads some markup, escaped."""
    hostile = "<img src=x onerror=alert(1)><b>Team</b>"
    for month in range(1, 7):
        at = f"2025-0{month}-03T10:00Z"
        record = {"title": hostile, "team": hostile, "service": hostile, "occurred_at": at}
        whys = [{"id": "w1", "text": hostile}]
        store.save(Incident.model_validate({**record, "whys": whys, "causes": [{"id": "c1", "why": "w1"}]}), by=hostile)
    trends = Trends(store, now=lambda: NOW)
    for key in KEYS:
        panel = trends.chart(key)
        drawn = json.dumps(figure(panel)) if panel._figure.outputs else ""

        assert "<img" not in drawn
        assert "<b>Team" not in drawn
    assert hostile in dict(fields(FilterPanel(trends))["team"]["options"])


# -- charts -----------------------------------------------------------------------------------------------------------


@each_chart
def test_a_chart_says_its_finding_in_the_stored_notebook(trends, key):
    """The question, the finding and the verdict, the same every time."""
    panel = trends.chart(key)
    told = panel._repr_mimebundle_()
    told = told[0] if isinstance(told, tuple) else told

    assert repr(panel) == told["text/plain"] == repr(trends.chart(key))
    for part in (panel.value.question, panel.value.title, panel.value.verdict.word):
        assert part in repr(panel)
    assert "0x" not in repr(panel)


@each_chart
def test_a_drawing_sends_nothing_anywhere(trends, key):
    """No button to another company's cloud; no logo that links there."""
    config = figure(trends.chart(key))["config"]

    assert (False, False) == (config["showSendToCloud"], config["displaylogo"])
    assert not config.get("plotlyServerURL")


@each_chart
def test_a_drawing_has_its_words_beside_it(trends, key):
    """For whoever cannot see it, and for the stored notebook."""
    panel = trends.chart(key)
    tail = about(panel, "tail")

    assert panel.value.alternative == tail["alternative"] == panel._figure.outputs[0]["data"]["text/plain"]
    assert len(tail["columns"]) == len(tail["rows"][0])
    assert {str} == {type(cell) for row in tail["rows"] for cell in row}
    assert panel.value.question == about(panel, "head")["question"]


@each_chart
def test_a_dark_notebook_gets_a_second_drawing(trends, key):
    """With colours of its own; turned back it is the first again."""
    panel = trends.chart(key)
    light = figure(panel)
    before = colours(panel)
    send(panel._above, "theme", dark=True)

    assert before != colours(panel)
    assert "dark" == panel.theme

    send(panel._above, "theme", dark=False)
    assert light == figure(panel)


def test_a_filter_keeps_the_theme(trends, bar):
    """A dark chart stays dark."""
    panel = trends.chart("categories")
    send(panel._above, "theme", dark=True)
    dark = colours(panel)
    choose(bar, "since", "1 Jan 2025")

    assert dark == colours(panel)


def test_an_unknown_chart_offers_a_near_name(trends):
    """Or says what there is."""
    with pytest.raises(PostmortemError, match="did you mean 'months'"):
        trends.chart("month")
    with pytest.raises(PostmortemError, match="there are: causes, categories, months, teams, between, held, told"):
        trends.chart("xyz")


@each_chart
def test_a_drawing_keeps_the_room_that_its_words_need(trends, key):
    """On a narrower page it is moved: the sheet has the same number."""
    panel = trends.chart(key)
    least = panel.value.least

    assert ("pm-drawing", f"pm-least-{least}") == panel._figure._dom_classes
    assert f".pm-least-{least} .jp-OutputArea-child {{ min-width: {least}px; }}" in SHEET


@each_chart
def test_a_page_that_is_just_being_laid_out_leaves_a_drawing_its_height(trends, key):
    """Redrawn by plotly.js while nothing has a height it would have none, and stay so."""
    panel = trends.chart(key)

    assert f"{figure(panel)['layout']['height']}px" == panel._figure.layout.min_height
    assert ".pm-drawing .jp-OutputArea-output { min-height: inherit; }" in SHEET


def test_a_chart_that_was_empty_gets_its_room_with_its_first_drawing(trends, bar):
    """A sentence needs none, whatever was drawn before it."""
    choose(bar, "until", "1 Jan 1990")
    panel = trends.chart("steps")
    before = panel._figure._dom_classes
    send(bar, "clear")

    assert ("pm-drawing",) == before
    assert ("pm-drawing", f"pm-least-{NARROW}") == panel._figure._dom_classes


@each_chart
def test_an_empty_store_gives_sentences(store, key):
    """No empty chart without one."""
    trends = Trends(store, now=lambda: NOW)
    panel = trends.chart(key)

    assert () == panel._figure.outputs
    assert panel.value.empty
    assert panel.value.empty == about(panel, "tail")["why"], "in sight, not behind a fold"
    assert "No incident is in the store yet" in trends.sentence()


def test_a_filter_that_leaves_nothing_gives_sentences(trends, bar):
    """And the way back."""
    panels = [trends.chart(key) for key in FOLLOWING]
    choose(bar, "until", "1 Jan 1990")

    assert "Showing 0 of 24 incidents." == bar.view["count"]
    assert {"No incident fits. Widen the filters, or tell the first incident."} == {
        panel.value.empty for panel in panels
    }

    send(bar, "clear")
    assert not any(panel.value.empty for panel in panels)


# -- report -----------------------------------------------------------------------------------------------------------


def test_the_report_of_what_is_shown_is_written(trends, bar, tmp_path, monkeypatch):
    """Into the folder `reports`; the panel sends it along to look at."""
    monkeypatch.chdir(tmp_path)
    panel = trends.report("trends.html")
    choose(bar, "team", "Field service")
    sent = []
    panel.send = lambda content, *_: sent.append(content)
    send(panel, "do", do="report", args={})
    written = (tmp_path / "reports" / "trends.html").read_text(encoding="utf-8")

    assert [{"file": "reports/trends.html", "name": "trends.html", "html": written}] == [it["report"] for it in sent]
    assert "Field service" in written
    assert bar.view["count"] in texts(panel.view)
    assert "Writes reports/trends.html. Run this cell, then press the button." == repr(panel)


def test_the_report_names_no_customer_that_somebody_typed(full_store, tmp_path):
    """Where a page leaves the notebook, causes and actions no longer name the customer (R41)."""
    action = {"id": "a1", "text": "Ring Quillfeather Yard", "owner": "Desk for Quillfeather Yard"}
    full_store.save(incident_from({"title": "Late", "customer": {"name": "Quillfeather Yard"}, "actions": [action]}))
    page = Trends(full_store, now=lambda: NOW).save(tmp_path / "it.json").read_text(encoding="utf-8")

    assert "Ring the customer" in page
    assert "quillfeather" not in page.casefold()


def test_a_report_that_can_not_be_written_is_told(trends, tmp_path, monkeypatch):
    """With the remedy, and nothing is sent."""
    monkeypatch.chdir(tmp_path)
    panel = trends.report("trends.pdf")
    send(panel, "do", do="report", args={})

    assert "print it to a PDF" in panel.head["trouble"]


def test_the_report_of_an_empty_store_says_so(store, tmp_path):
    """It is a page all the same."""
    written = Trends(store, now=lambda: NOW).save(tmp_path / "empty.md").read_text(encoding="utf-8")

    assert written.strip()


def test_trends_open_by_path_by_url_and_by_the_environment(full_store, monkeypatch):
    """As the retrospective does."""
    for store in (full_store, full_store.url):
        opened = open_trends(store)

        assert "Showing 24 of 24 incidents." == opened.sentence()
        if opened.store is not full_store:
            opened.store.close()
    monkeypatch.setenv("POSTMORTEM_STORE", full_store.url)
    opened = open_trends()

    assert "Showing 24 of 24 incidents." == opened.sentence()
    opened.store.close()


def test_days_begin_in_the_zone_of_this_machine(trends, monkeypatch):
    """Where nobody knows the zone, in UTC."""
    for name, zone in (("Europe/London", "Europe/London"), ("Mars/Olympus", "UTC"), (None, "UTC")):
        monkeypatch.setattr("postmortem.widgets.trends.get_localzone_name", lambda name=name: name)
        trends.__dict__.pop("zone", None)

        assert zone == trends.zone


def test_the_fields_of_the_bar_are_those_of_the_filters(bar):
    """Each once, in their order."""
    assert list(FILTERS) == [block["place"] for block in blocks(bar.view) if block.get("t") == "field"]
