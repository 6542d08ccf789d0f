"""Texts that try to become something else: markup, scripts, templates, formulas, commands, or nothing readable."""

from __future__ import annotations

_SCRIPTS = [
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "<ScRiPt src=//evil.example/x.js></sCrIpT>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg><script>alert&#40;1)</script>",
    "<body onload=alert(1)>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data=javascript:alert(1)><embed src=x>",
    "<details open ontoggle=alert(1)>",
    "<input autofocus onfocus=alert(1)>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<a href='javascript:alert(1)'>here</a>",
    "<base href=//evil.example/><meta http-equiv=refresh content=0>",
    "<template><img src=x onerror=alert(1)></template>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "</textarea><script>alert(1)</script>",
    "</style></title><script>alert(1)</script>",
]
_ATTRIBUTES = [
    '"><script>alert(1)</script>',
    "' onmouseover='alert(1)",
    '" autofocus onfocus="alert(1)',
    "` onclick=alert(1) `",
    "javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:msgbox(1)",
    "url(javascript:alert(1)); background:url(//evil.example)",
    "expression(alert(1))",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;",
    "\\u003cscript\\u003e",
]
_MARKDOWN = [
    "[here](javascript:alert(1))",
    "![x](https://evil.example/x.png)",
    "# heading\n- list\n1. number\n> quote\n---",
    "| a | b |\n|---|---|",
    "```\ncode\n``` ~~~ `x`",
    "**bold** _it_ ~~gone~~ <https://evil.example>",
    "[ref]: javascript:alert(1)",
    "$x^2$ $$\\href{javascript:alert(1)}{y}$$",
]
_TEMPLATES = [
    "{{ 7 * 7 }}",
    "{% for x in range(9) %}y{% endfor %}",
    "{{ ''.__class__.__mro__ }}",
    "${alert(1)}",
    "#{7*7} <%= 7*7 %>",
    "{0.__class__} %(title)s %s",
    "%{hovertext}<extra></extra>",
    "__proto__",
    "constructor",
    "toString",
]
_COMMANDS = [
    "=cmd|' /C calc'!A0",
    "+1+1",
    "@SUM(A1)",
    "-2+3",
    "'; DROP TABLE incidents; --",
    '" OR ""="',
    "$(rm -rf /)",
    "; shutdown -h now",
    "../../etc/passwd",
    "edit:w1",
    "file:/etc/passwd\n<script>alert(1)</script>",
]
_SIGNS = [
    "\x1b[31mred\x1b[0m\x1b]0;title\x07",
    "\u202egnp.exe\u202c",
    "\u2066\u2067\u2068isolated\u2069",
    "שלום \u200f مرحبا",
    "zero\u200bwidth\u200d\ufeff",
    "line\u2028separator\u2029paragraph",
    "tab\tfeed\x0cbell\x07back\x08",
    "ﬀ＜script＞alert(1)＜/script＞",  # noqa: RUF001 - lookalikes are the point
    "Z̷̡͖a̶̢̛l̸g̵o̴" * 20,
    "👩‍👩‍👧‍👦 🏳️‍🌈 🇬🇧",
    "“quotes” ‘’ «» – — …",  # noqa: RUF001 - signs of other typewriters
    "   leading and trailing   ",
    "\\ \\\\ \\n \\u0000",
    "ÄÖÜ ß ﷽ 𠜎",
]
_LONG = ["x" * 20_000, "word " * 400, "<b>" * 500]

HOSTILE = [*_SCRIPTS, *_ATTRIBUTES, *_MARKDOWN, *_TEMPLATES, *_COMMANDS, *_SIGNS, *_LONG]
BROKEN = ["nul\x00byte", "half \ud83d a sign", "\udc00\ud800", "\ud800<script>alert(1)</script>"]
"""What no file can hold as it is: NUL, and halves of characters."""
