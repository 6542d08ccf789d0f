"""Formatted text as plain text."""

from __future__ import annotations

import pytest

from postmortem.exchange.mapped.markup import atlassian_text, html_text, is_atlassian


@pytest.mark.parametrize(
    ("expected", "given"),
    [
        ("One\nTwo", "<p>One</p>\n<p>Two</p>"),
        ("One\nTwo", "One<br/>Two"),
        ("a & b < c", "a &amp; b &lt; c"),
        ("a < b > c", "a < b > c"),
        ("a <script>alert(1)</script>", "a <script>alert(1)</script>"),
        ("the log (https://x.example)", '<a class="k" href="https://x.example">the log</a>'),
        ("https://x.example", '<a href="https://x.example">https://x.example</a>'),
        ("one\ntwo", "<ul><li>one</li><li><b>two</b></li></ul>"),
        ("<patient> says", "<patient> says"),
    ],
)
def test_words_stay_and_formatting_goes(expected: str, given: str):
    """What is no formatting stays as it stands; reports escape it."""
    assert expected == html_text(given)


@pytest.mark.parametrize("given", ["<a href='" * 50_000, "<a href=''>" * 50_000, "<p" * 200_000, " " * 500_000 + "&"])
def test_text_that_is_made_to_take_long_takes_no_time(given: str):
    """A cell of a megabyte is read in the time of a cell of a megabyte."""
    assert isinstance(html_text(given), str)


def node(kind: str, *inside: object, **more: object) -> dict[str, object]:
    """A node of a document."""
    return {"type": kind, "content": list(inside), **more}


def test_every_word_of_a_document_is_read():
    """Also a mention, a card, a day, a picture's description, and what is of a kind nobody knows."""
    inline = [
        {"type": "text", "text": "Told "},
        {"type": "mention", "attrs": {"text": "@desk"}},
        {"type": "hardBreak"},
        {"type": "inlineCard", "attrs": {"url": "https://x.example"}},
        {"type": "date", "attrs": {"timestamp": "1772928000000"}},
        {"type": "unheard-of", "content": [{"type": "text", "text": "!"}]},
    ]
    picture = node("mediaSingle", {"type": "media", "attrs": {"alt": "the switch"}})
    given = node("doc", node("paragraph", *inline), picture)

    assert "Told @desk\nhttps://x.example2026-03-08!\nthe switch" == atlassian_text(given)


@pytest.mark.parametrize(
    "inside",
    [None, 1, "x", [], {}, {"type": []}, {"type": "text"}, {"type": "date", "attrs": {"timestamp": "x"}},
     {"type": "text", "text": 7, "marks": [None, 1, {"attrs": 2}]}, {"type": "mention", "attrs": []}],
)  # fmt: skip
def test_a_document_of_wrong_parts_is_read_as_far_as_it_goes(inside: object):
    """Nothing falls over."""
    assert isinstance(atlassian_text(node("doc", inside, {"type": "text", "text": "a"})), str)


def test_only_a_document_is_taken_for_one():
    """Text stays text."""
    assert [True, False, False] == [is_atlassian(one) for one in (node("doc"), {"type": "doc"}, "doc")]
