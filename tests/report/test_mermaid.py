"""The flowchart for Mermaid: nothing in it but what its grammar knows, and every text read as it was typed.

Mermaid is no library of Python, so the test reads the text as Mermaid does, and more strictly: entities first
(`encodeEntities`), then statements (`flow.jison`), of which only those that are written here are known.
"""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postmortem.record import Incident, causes, whys
from postmortem.record.vocabulary import CATEGORIES
from postmortem.report import cause_map, render
from postmortem.report.mermaid import escaped
from postmortem.report.redaction import with_texts
from postmortem.report.wording import clean
from tests.report.test_hostile import HOSTILE as MARKUP
from tests.strategies import incidents

HOSTILE = [
    *MARKUP,
    '%%{init: {"securityLevel": "loose"}}%%',
    "%% a comment",
    "--- title: x ---",
    'click O1 call alert(1) "x"',
    'click O1 href "javascript:alert(1)"',
    "end",
    "subgraph x",
    'x"]; O1 --> evil["x',
    '"`**markdown**`"',
    "`code`",
    "1. a list",
    "- a list",
    "fa:fa-bomb",
    "#quot; #35; #lt;script#gt; &lt;b&gt; &#60;",
    "style x:#fff;",
    "classDef x fill:#f00;",
    "linkStyle 0 stroke:red;",
    "$$\\href{javascript:alert(1)}{y}$$",
    "ﬂ°°60¶ß ﬂ°lt¶ß",
    "A --> B -.-> C ==> D ~~~ E",
    "((a)) [[b]] {{c}} [/d\\] >e]",
    "x@{ shape: circle }",
    "accTitle: x accDescr { y }",
    "one\\ntwo\nthree",
    "direction TB",
]

_LABEL = r'"(?P<label>[^"]*)"'
_ID = r"(?:met|[ODR]\d+(?:_\d+)*)"
_GATE = rf"(?:{_ID}|occurrence|detection|recovery)_below"
_SHAPES = (r"\[{}\]", r"\({}\)", r"\(\[{}\]\)", r"\{{\{{{}\}}\}}", r"\[/{}\\\]", r"\[\[{}\]\]", r">{}\]")
STATEMENTS = [
    *(re.compile(rf"  {_ID}{shape.format(_LABEL)}") for shape in _SHAPES),
    re.compile(rf"  {_GATE}\(\({_LABEL}\)\)"),
    re.compile(rf"  (?:{_ID}|{_GATE}) (?:-->|-\.->|---) (?:{_ID}|{_GATE})"),
    re.compile(r"  classDef [a-z_]+ (?:[a-z-]+:[#\w. ]+,?)+"),
    re.compile(rf"  class (?:{_ID}|{_GATE})(?:,(?:{_ID}|{_GATE}))* [a-z_]+"),
]


def shown(label):
    """What a reader sees of a label: Mermaid's codes, then the browser's."""
    placed = re.sub(r"#(\w+);", lambda found: f"ﬂ°{'°' * found[1].isdecimal()}{found[1]}¶ß", label)
    return html.unescape(placed.replace("ﬂ°°", "&#").replace("ﬂ°", "&").replace("¶ß", ";"))


def labels(text):
    """Read a flowchart statement by statement; its labels.

    Raises:
        AssertionError: If a line is none that the grammar knows.
    """
    first, *lines = text.splitlines()
    assert "flowchart LR" == first
    found = []
    for line in lines:
        matches = [match for statement in STATEMENTS if (match := statement.fullmatch(line))]
        assert matches, line
        # Mermaid drops the last semicolon of a line that looks like a style to it.
        assert not re.search(r"(style|classDef).*:\S*#.*;", line), line
        found += [match["label"] for match in matches[:1] if "label" in match.re.groupindex]
    return found


@given(st.text())
def test_any_text_is_read_as_it_was_typed(text):
    """Escaped, then read as Mermaid and a browser do: the same; what can't be printed is a space."""
    assert "".join(sign if sign.isprintable() else " " for sign in text) == shown(escaped(text))


@given(st.text())
def test_no_text_holds_a_sign_that_means_something(text):
    """No quote, bracket, backtick, percent, colon or markup is left bare; a number sign begins a code only."""
    found = escaped(text)

    assert not re.search(r"[\"\[\](){}<>`%:|\\/$*_~=&@^+\-]", found)
    assert not re.search(r"[#;]", re.sub(r"#\d+;", "", found))
    assert "\n" not in found


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_text_adds_no_statement(incident, playbook, now, text):
    """The flowchart has the statements it has with any word, and the text stands in its boxes."""
    typed, plain = (with_texts(incident, lambda _, it=it: it, frozenset()) for it in (text, "word"))
    drawn, usual = (render(cause_map(it, playbook, now=now), "mmd") for it in (typed, plain))

    assert len(labels(usual)) == len(labels(drawn))
    assert any(clean(text)[:80].strip() in shown(label) for label in labels(drawn)) or not clean(text).isprintable()


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_text_does_not_close_the_fence_in_markdown(incident, playbook, now, text):
    """Two fences, whatever stands between them."""
    told = render(cause_map(with_texts(incident, lambda _: text, frozenset()), playbook, now=now), "md")

    assert 2 == len(re.findall(r"(?m)^```", told))
    assert labels(told.split("```mermaid\n")[1].removesuffix("```\n"))


@given(found=incidents())
def test_any_record_gives_a_flowchart(playbook, now, found):
    """Whatever the tree is like."""
    told = cause_map(found, playbook, now=now)

    assert len(told.nodes) < len(labels(render(told, "mmd")))


def test_each_category_has_its_shape_and_its_word(playbook, now):
    """So that a drawing without colours, and a reader without the drawing, still tell them apart."""
    found = Incident(title="Line dead")
    for number, category in enumerate((*CATEGORIES, None), start=1):
        found = causes.mark_root(whys.answer(found, None, "It was so", status="confirmed"), f"w{number}")
        found = causes.classify(found, f"c{number}", category)
    drawn = render(cause_map(found, playbook, now=now), "mmd")
    shapes = re.findall(r"(?m)^  O\d+([^\"\w]+)\".*Root#58; ([\w ]+)\"", drawn)

    assert [*CATEGORIES, "unclassified"] == [word for _, word in shapes]
    assert len(shapes) == len({shape for shape, _ in shapes})


def test_a_large_tree_stays_within_what_mermaid_draws(playbook, now):
    """More than 50,000 signs it refuses: answers are shortened until the whole fits."""
    found = Incident(title="Line dead")
    for number in range(200):
        found = whys.answer(found, f"w{number // 2}" if number > 1 else None, "A reason with some words " * 12)
    drawn = render(cause_map(found, playbook, now=now), "mmd")

    assert len(drawn) < 50_000
    assert 200 < len(labels(drawn))
