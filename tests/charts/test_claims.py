"""What a chart says holds: numbers from the frame, no claim on few events, a sentence where nothing is drawn."""

from __future__ import annotations

import re

import pytest

from postmortem import analysis, charts

TREND = re.compile(
    r"\b(rising|rose|falling|fell|more often|less often|improv|worse|better|trend|leads)\b", re.IGNORECASE
)
SPACE = "\u202f"


HANDLED = {
    "known_at": "2025-12-01T10:00Z",
    "told_at": "2025-12-01T11:00Z",
    "steps": [{"status": "done", "done_at": "2025-12-01T11:00Z", "due_at": "2025-12-01T10:30Z"}],
    "promises": [{"kind": "step", "due_at": "2025-12-01T10:30Z"}],
}
"""What the charts of the handling draw, of one incident."""


def spread(n: int, **fields) -> list[dict]:
    """Incidents on different days of one year."""
    return [{"id": f"i{k:03}", "occurred_at": f"2025-{1 + k % 12:02}-{1 + k // 12:02}"} | fields for k in range(n)]


def test_nothing_to_draw_says_what_to_do(all_charts, tables):
    """An empty chart is a sentence, in the chart and in the figure itself."""
    for chart in all_charts(tables()):
        assert chart.empty.endswith(".")
        assert chart.empty == chart.figure.layout.annotations[0].text
        assert 0 == len(chart.figure.data) == len(chart.table)


def test_one_incident_draws_without_a_claim(all_charts, tables):
    """The first incident of a new team makes pages that hold."""
    causes = [{"category": "system", "text": "No list", "recurring_id": "C-1"}]
    one = {"occurred_at": "2026-10-01", "team": "Desk", "causes": causes, "actions": [{"strength": "weaker"}]}
    given = tables(one | HANDLED)

    for chart in all_charts(given):
        assert "" == chart.empty
        assert re.search(r"too few|None of 1 action", chart.title)
        assert "1 incidents" not in f"{chart.title} {chart.subtitle} {chart.verdict.why} {chart.alternative}"


@pytest.mark.parametrize("n", [2, 9])
def test_under_ten_events_no_title_claims_anything(all_charts, tables, n):
    """R43: too few to judge, and the verdict says so."""
    causes = [{"category": "system", "text": "No list", "recurring_id": "C-1"}]
    fields = {"team": "Desk", "service": "Line", "customer_min": 5, "actions": [{"effect": "held"}]}
    given = tables(*spread(n, causes=causes, **fields, **HANDLED))

    for chart in all_charts(given):
        assert "too few" in chart.title
        assert "Too few to judge." == chart.verdict.word
        assert not TREND.search(chart.title)


def test_no_title_speaks_of_a_trend(of_history):
    """No rule has been asked yet, so nothing rises or falls."""
    for chart in of_history["light"]:
        assert not TREND.search(chart.title)
        assert re.search(r"\d", chart.title)


def test_n_stands_in_every_subtitle(of_history):
    """R43: n on every chart."""
    for chart in of_history["light"]:
        assert re.search(r"n = \d", chart.subtitle)


def test_every_chart_is_told_in_words_and_as_a_table(of_history):
    """What the drawing shows can be read aloud."""
    for chart in of_history["light"]:
        assert len(chart.alternative) > 40
        assert len(chart.table)
        assert chart.table.notna().all(axis=None)


def test_the_pareto_names_the_first_and_the_dearest(tables):
    """The title's numbers are those of the frame."""
    given = tables(
        *spread(8, causes=[{"category": "system"}], customer_min=10),
        *({"id": f"x{k}", "causes": [{"category": "training"}], "customer_min": 200} for k in range(4)),
    )
    chart = charts.pareto(analysis.pareto(given))

    assert chart.title.startswith("System causes are behind 8 of 12 incidents (67\xa0%); ")
    assert chart.title.endswith("; training causes account for 91\xa0% of the minutes customers lost")
    assert [8, 4, 12] == chart.table["Incidents"].tolist()


def test_a_share_of_what_is_known_is_called_so(tables):
    """Minutes that nobody wrote down are not part of a hundred per cent."""
    known = spread(11, causes=[{"category": "system"}], customer_min=10)
    chart = charts.pareto(analysis.pareto(tables(*known, {"id": "x", "causes": [{"category": "training"}]})))

    assert chart.title.endswith("and 100\xa0% of the known minutes customers lost")
    assert "known for 11 of them" in chart.subtitle


def test_the_measure_says_how_it_is_made_and_whom_it_takes_for_one(tables):
    """Customers times minutes; who has no number of customers counts as one, and the verdict says so."""
    given = tables(
        *spread(11, causes=[{"category": "system"}], customer_min=100, customers=20),
        {"id": "x", "causes": [{"category": "training"}], "customer_min": 50},
    )
    chart = charts.pareto(analysis.pareto(given))
    headings = [note.text for note in chart.figure.layout.annotations if "lost" in note.text]

    assert (
        "Incidents with the cause, and minutes customers lost (customers \N{MULTIPLICATION SIGN} minutes)"
        == chart.subtitle.split(" · ")[0]
    )
    assert f"22{SPACE}050 minutes" in chart.subtitle
    assert ["<b>Customer minutes lost, thousand</b>"] == headings
    assert "1 incident without a number of customers counts as one customer." in chart.verdict.why
    assert [22000, 50, 22050] == chart.table["Customer minutes lost"].tolist()


def test_a_measure_that_counts_everybody_takes_nobody_for_one(tables):
    """Where every incident has its number of customers, nothing is said of it."""
    chart = charts.pareto(analysis.pareto(tables(*spread(12, customers=2, customer_min=5))))

    assert "one customer" not in chart.verdict.why


def test_a_tie_has_no_leader_and_no_accent(tables):
    """Two causes with as many incidents are both named."""
    given = tables(
        *spread(6, causes=[{"category": "system"}]),
        *({"id": f"x{k}", "causes": [{"category": "training"}]} for k in range(6)),
    )
    chart = charts.pareto(analysis.pareto(given))

    assert "None leads: system causes and training causes are each behind 6 of 12 incidents" == chart.title
    assert charts.TOKENS["light"].accent not in chart.figure.to_json()


def test_only_unranked_causes_lead_nothing(tables):
    """Outside our control is never the finding, however often it happens."""
    chart = charts.pareto(analysis.pareto(tables(*spread(12, causes=[{"category": "outside our control"}]))))

    assert "None of the 12 incidents stands under a cause that could be ranked yet" == chart.title
    assert charts.TOKENS["light"].accent not in chart.figure.to_json()


def test_money_stands_with_its_currency_where_no_minutes_are_known(tables):
    """The first measure that anybody knows is drawn."""
    given = tables(*spread(12, causes=[{"category": "system"}], our_cost=1_000_000))
    chart = charts.pareto(analysis.pareto(given), currency="EUR")
    headings = [note.text for note in chart.figure.layout.annotations if "Our cost" in note.text]

    assert ["<b>Our cost, million, EUR</b>"] == headings
    assert f"12{SPACE}000{SPACE}000 EUR" in chart.subtitle


def test_incidents_in_two_rows_are_told(tables):
    """The reader learns why the rows add up to more."""
    given = tables(
        *spread(10, causes=[{"category": "system"}]),
        {"id": "x", "causes": [{"category": "system"}, {"category": "training"}]},
    )
    chart = charts.pareto(analysis.pareto(given))

    assert chart.verdict.why.startswith("1 incident stands in more than one row and counts in each; shares are of 11")


def test_months_say_what_is_usual_only_when_there_are_enough(tables, now):
    """Ten complete months and ten incidents, else no word of it."""
    enough = charts.months(analysis.counts_by_month(tables(*spread(24)), now=now))
    short = charts.months(analysis.counts_by_month(tables(*spread(12, occurred_at="2026-01-02")), now=now))

    assert "2 incidents in a usual month, every complete month had 2" == enough.title
    assert "12 incidents in 1 month: too few months to say what is usual" == short.title


def test_a_month_that_is_not_over_is_hollow(history, now):
    """Its mark is filled with paper, and the subtitle says what hollow means."""
    chart = charts.months(analysis.counts_by_month(history, now=now))
    fill = chart.figure.data[-1].marker.color

    assert charts.TOKENS["light"].paper == fill[-1]
    assert {charts.TOKENS["light"].data} == set(fill[:-1])
    assert "hollow: month not complete" in chart.subtitle


def test_undated_incidents_are_told(tables, now):
    """They are in no month and not forgotten."""
    chart = charts.months(analysis.counts_by_month(tables(*spread(12), {"id": "x"}), now=now))

    assert "n = 12 incidents, and 1 without a date" in chart.subtitle


def test_teams_are_never_ranked(history, now):
    """They stand in the order of the alphabet and no title singles one out."""
    for chart in (
        charts.category_by_team(analysis.category_by_team(history)),
        charts.months(analysis.counts_by_month(history, "team", now=now)),
    ):
        assert not [team for team in ("Field", "Install", "Network", "Support") if team in chart.title]
    assert ["Field repair", "Installations", "Network operations", "Support desk"] == charts.category_by_team(
        analysis.category_by_team(history)
    ).table["Team"].tolist()


def test_one_scale_serves_all_columns_of_a_grid(history):
    """An incident is as many pixels in every column, so that bars may be compared across."""
    layout = charts.category_by_team(analysis.category_by_team(history)).figure.layout
    axes = [layout[name] for name in layout if name.startswith("xaxis")]
    each = [(axis.domain[1] - axis.domain[0]) / axis.range[1] for axis in axes]

    assert max(each) == pytest.approx(min(each), rel=1e-3)


def test_every_gap_of_a_rare_cause_is_listed(tables, now):
    """Under ten events the values themselves are shown: at the marks, in words, and in the table."""
    cause = {"category": "system", "text": "No round", "recurring_id": "C-19"}
    days = ("2025-12-02", "2026-01-13", "2026-02-08", "2026-04-18")
    chart = charts.between(
        analysis.time_between(tables(*({"id": d, "occurred_at": d, "causes": [cause]} for d in days)), now=now)
    )
    marks = [note.text for note in chart.figure.layout.annotations]

    assert {"42", "26", "69"} <= set(marks)
    assert "days between them 42, 26, 69" in chart.alternative
    assert "42, 26, 69" == chart.table["Days between"].iloc[0]
    assert chart.title.endswith("has been quiet for 183 days, the longest gap before was 69")


def test_more_causes_than_lanes_are_told(tables, now):
    """What has no lane stands in the table, and the verdict says how many."""
    causes = [{"category": "system", "text": f"Cause {k}", "recurring_id": f"C-{k}"} for k in range(5)]
    chart = charts.between(
        analysis.time_between(tables({"occurred_at": "2026-01-01", "causes": causes}), now=now), most=3
    )

    assert 3 == len(chart.figure.data)
    assert 5 == len(chart.table)
    assert "2 more causes in the table." in chart.verdict.why


def test_how_many_actions_held_counts_only_checked_ones(tables):
    """An action that nobody looked at neither held nor failed."""
    actions = (
        [{"effect": "held", "strength": "stronger"}] * 7 + [{"effect": "not held", "strength": "weaker"}] * 3 + [{}] * 5
    )
    chart = charts.held(analysis.actions_held(tables({"actions": actions})))

    assert "7 of 10 checked actions held" == chart.title
    assert chart.subtitle.endswith("n = 15 actions, 10 checked")


def test_a_chart_shows_itself_in_a_line(history):
    """Its repr is what a person wants to know, and short."""
    chart = charts.pareto(analysis.pareto(history))

    assert f"<Chart pareto: {chart.title!r}>" == repr(chart)


def test_causes_that_never_came_twice_are_no_ranking(tables):
    """Twelve wordings of twelve incidents: none is ahead of the others, also of those in the rest."""
    given = tables(*({"id": f"i{k}", "causes": [{"category": "system", "text": f"Cause {k}"}]} for k in range(12)))
    chart = charts.pareto(analysis.pareto(given, "text", most=4))

    assert "None of 12 labels turned up in more than 1 of 12 incidents" == chart.title
