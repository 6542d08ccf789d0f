"""Everything typed by people is hostile until escaped: no text becomes an element, an attribute, a link or a script."""

from __future__ import annotations

import re

import pytest

from postmortem.record import incident_from
from postmortem.report import incident_summary, render
from postmortem.report.account import web_address
from postmortem.report.markdown import escaped
from postmortem.report.redaction import with_texts

HOSTILE = [
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "</style><script>alert(1)</script>",
    "</title><img src=x onerror=alert(1)>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "' onmouseover='alert(1)",
    '" autofocus onfocus="alert(1)',
    "<a href='javascript:alert(1)'>here</a>",
    "[here](javascript:alert(1))",
    "![x](https://evil.example/x.png)",
    "<https://evil.example>",
    "https://evil.example www.evil.example someone@evil.example",
    "{{ 7 * 7 }}{% for x in range(9) %}y{% endfor %}",
    "${alert(1)} $x^2$ $$y$$",
    "<!-- --> <![CDATA[ ]]> &lt;script&gt; &#60;b&#62;",
    "# heading\n- list\n1. number\n> quote\n---\n| a | b |",
    "```\ncode\n``` ~~~ `x`",
    "=cmd|' /C calc'!A0",
    "javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "<iframe src=//evil.example></iframe><object data=x><embed src=x>",
    "<base href=//evil.example/><meta http-equiv=refresh content=0>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "\u2028\u2029\u0000\u202egnp.exe\u2066",
    "\\<b\\> \\\\[x](y) \\`z\\`",
    "url(javascript:alert(1)); background:url(//evil.example)",
    "ﬀ＜script＞alert(1)＜/script＞",  # noqa: RUF001 - lookalikes are the point
]


def typed_everywhere(incident, text):
    """The incident with one text in every field that people type into."""
    return with_texts(incident, lambda _: text, frozenset())


@pytest.fixture(scope="module")
def harmless(incident, playbook, now, read):
    """The elements of a page about an incident in which every text is one word."""
    plain = typed_everywhere(incident, "word")
    return {
        audience: [
            name
            for name, _ in read(render(incident_summary(plain, playbook, audience=audience, now=now), "html")).elements
        ]
        for audience in ("team", "manager", "customer")
    }


@pytest.mark.parametrize("audience", ["team", "manager", "customer"])
@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_text_makes_no_element_and_no_handler(  # noqa: PLR0917 - pytest hands them over by name
    incident, playbook, now, read, harmless, audience, text
):
    """The page has the elements it would have with any word, no script, no handler, no address but fragments."""
    summary = incident_summary(typed_everywhere(incident, text), playbook, audience=audience, now=now)
    page = read(render(summary, "html"))
    attributes = [(name, value or "") for _, found in page.elements for name, value in found.items()]

    assert set(harmless[audience]) >= {name for name, _ in page.elements} - {"h2", "p", "ul", "li", "small"}
    assert not {"script", "iframe", "object", "embed", "base", "form", "img"} & {name for name, _ in page.elements}
    assert not [name for name, _ in attributes if name.startswith("on") or name == "style"]
    assert not [value for name, value in attributes if name in {"href", "src", "action"} and "javascript" in value]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_text_is_read_as_it_was_typed(playbook, now, read, text):
    """Escaped once, not twice: a reader sees the very characters, without those that can't be seen."""
    page = read(render(incident_summary(incident_from({"title": text}), playbook, audience="team", now=now), "html"))
    seen = re.sub(r"[\u2028\u2029\u0000\u202e\u2066\s]+", " ", text).strip()
    once = " ".join(page.text.split())

    assert re.sub(r"\s", "", seen) in re.sub(r"\s", "", once)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_text_makes_no_markup_in_markdown(text):
    """No raw HTML, no link, no heading, list, table or code: every sign that could start one is escaped."""
    line = escaped(text)

    assert "\n" not in line
    assert not re.search(r"<|>", line)
    assert not re.search(r"(?<!\\)[`*_\[\]|$#]", line.replace("\\\\", ""))
    assert not re.search(r"(?i)https?://|www\.[a-z]|\w@\w", line)
    assert not re.match(r"(#|[-+]\s|\d+[.)]\s|=|>|~~~)", line)


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        " java\nscript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "javascript://crm.example/%0aalert(1)",
        "ftp://crm.example/x",
        "file:///etc/passwd",
        "//evil.example",
        "https:evil",
        "http://",
        "https://user:secret@crm.example/",
        'https://crm.example/"onclick="x',
        "https://crm.example/<b>",
        "https://crm.example/\u202egnp",
        "https://[crm.example",
        "",
    ],
)
def test_only_a_plain_web_address_becomes_a_link(url):
    """Any other scheme, and an address that hides something, stays text."""
    assert "" == web_address(url)


def test_the_page_may_do_nothing_but_show_itself(told, read):
    """A policy in the page forbids requests and scripts even if something slipped through."""
    (policy,) = [
        found["content"] or ""
        for found in read(render(told(), "html")).of("meta")
        if found.get("http-equiv") == "Content-Security-Policy"
    ]

    assert policy.startswith("default-src 'none';")
    assert "script-src" not in policy


@pytest.mark.parametrize("audience", ["team", "manager", "customer"])
def test_the_file_asks_for_nothing_from_anywhere(told, read, audience):
    """No element loads anything; the only address is the link to the source."""
    html = render(told(audience), "html")
    page = read(html)
    loads = [found for _, found in page.elements if {"src", "srcset", "data", "poster"} & found.keys()]

    assert [] == loads
    assert "@import" not in html
    assert not re.search(r"url\((?!#)", html)
    assert {"https://crm.example/C-1042"} >= {found.get("href") for found in page.of("a")}
