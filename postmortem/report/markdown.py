"""A summary as Markdown: plain text that any editor shows. Typed text is escaped and can't become markup."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from postmortem.report.checklist import SheetSummary
    from postmortem.report.summary import (
        ActionRow,
        ChartBlock,
        Fact,
        LegColumn,
        LetterSummary,
        PortfolioSummary,
        ReviewSummary,
        StepRow,
    )

_SIGNS: Final = re.compile(r"([\\`*_{}\[\]#|~$^])")
_START: Final = re.compile(r"^(\s*)([-+](?=[-+\s]|$)|=|\d+(?=[.)](?:\s|$)))")
_LINK: Final = re.compile(r"(?i)(:)(?=//)|(?<=www)(\.)|(?<=\w)(@)(?=\w)|(?<=mailto)(:)|(?<=xmpp)(:)")
_BOXES: Final = {0: "", 1: "▮▯▯ ", 2: "▮▮▯ ", 3: "▮▮▮ "}


def escaped(text: str) -> str:
    r"""A typed text that Markdown shows as it is: no markup, no HTML, no link that nobody made.

    Examples:
        >>> print(escaped("*Now* <b>1 | 2</b>"))
        \*Now\* &lt;b&gt;1 \| 2&lt;/b&gt;
        >>> print(escaped("1. see https://example.org"))
        1\. see https\://example.org
    """
    line = " ".join(text.split()).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    line = _SIGNS.sub(r"\\\1", line)
    line = _LINK.sub(lambda match: f"\\{match.group()}", line)
    started = _START.match(line)
    if started is None:
        return line
    end = started.end()
    return f"{line[:end]}\\{line[end:]}" if started.group(2).isdecimal() else f"\\{line.lstrip()}"


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield from _lines(heads, (map(escaped, row) for row in rows))


def _lines(heads: Sequence[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    yield f"| {' | '.join(map(escaped, heads))} |"
    yield f"|{'|'.join(' --- ' for _ in heads)}|"
    for row in rows:
        yield f"| {' | '.join(cell or ' ' for cell in row)} |"
    yield ""


def _facts(facts: Iterable[Fact]) -> Iterator[str]:
    for fact in facts:
        note = f" ({escaped(fact.note)})" if fact.note else ""
        yield f"- {escaped(fact.name)}: **{escaped(fact.said)}**{note}"
    yield ""


def review(summary: ReviewSummary) -> str:
    """The report for a team or a manager as Markdown."""
    return "\n".join(_review(summary)).rstrip("\n") + "\n"


def _review(s: ReviewSummary) -> Iterator[str]:
    reader = "the team" if s.audience == "team" else "managers"
    yield from (f"# {escaped(s.heading)}", "")
    head = [s.id, f"postmortem for {reader}", f"revision {s.revision}" if s.revision else "", s.made_on]
    yield from (escaped(" · ".join(filter(None, head))), "")
    yield from (line for text in (s.overline, s.lead) if text for line in (escaped(text), ""))
    yield from _facts(s.facts)
    yield from ("## What happened", "")
    yield from (line for text in (s.timeline.sentence,) if text for line in (escaped(text), ""))
    for seen in s.timeline.moments:
        who = f" ({escaped(seen.seen_by)})" if seen.seen_by else ""
        yield f"- **{escaped(seen.when)}** {escaped(seen.text)}{who}"
    yield from ("" if s.timeline.moments else "Nobody has told it moment by moment yet.", "")
    yield from ("## Why it happened", "")
    yield from (line for text in (s.map_sentence,) if text for line in (f"{escaped(text)}.".replace("..", "."), ""))
    for leg in s.legs:
        yield from _leg(leg)
    yield from ("## Causes by category", "", escaped(s.causes_sentence), "")
    if s.factors:
        yield from (f"What would have avoided it: {escaped(s.factors)}.", "")
    if s.causes:
        heads = ("Root", "Category", "Why this category", "Answered by")
        yield from _table(
            heads,
            (
                (
                    f"{row.id} {row.text}" + (f" ({row.status})" if row.status != "confirmed" else ""),
                    ", ".join(filter(None, (row.category, row.subcategory))),
                    "; ".join(filter(None, (row.reason or "No reason given.", row.trail, *row.notes))),
                    row.answered,
                )
                for row in s.causes
            ),
        )
    yield from ("## What we do about it", "", escaped(s.actions_sentence), "")
    if s.actions:
        yield from _table(("Action", "Answers", "Strength", "Owner, due", "Effect"), map(_action, s.actions))
    yield from ("## How we handled it", "", escaped(f"{s.handling.title}. {s.handling.sentence}"), "")
    yield from _lines(("", "Step", "State", "When", "By", "Note"), map(_step, s.handling.steps))
    yield from (f"- {escaped(note)}" for note in s.handling.notes)
    yield from (("",) if s.handling.notes else ())
    yield from ("## What we learned", "")
    yield from (f"- {escaped(text)}" for text in s.learned)
    yield from ("" if s.learned else "Nothing is written down yet.", "")
    if s.promises:
        yield from ("What I will do differently:", "")
        yield from (f"- “{escaped(promise.text)}” {escaped(promise.who)}".rstrip() for promise in s.promises)
        yield ""
    for sheet in s.checklists:
        job = f", for {escaped(sheet.job)}" if sheet.job else ""
        yield from (f"## Checklist: {escaped(sheet.name)}", "", f"Version {sheet.version}{job}", "")
        yield from (f"- [ ] {escaped(item)}" for item in sheet.items)
        yield ""
    if s.beside or s.source:
        yield from ("## Beside this record", "")
        yield from _facts(s.beside)
        if s.source:
            yield from (f"Source: {escaped(' '.join(filter(None, (s.source.text, s.source.url))))}", "")
    yield escaped(s.foot)


def _leg(leg: LegColumn) -> Iterator[str]:
    yield from (f"### {escaped(leg.leg)}: {escaped(leg.asks)}", "")
    for card in leg.cards:
        root = f"; root {card.root.id}: {card.root.category}" if card.root else ""
        notes = f" ({'; '.join(card.notes)})" if card.notes else ""
        link = f"{card.link} " if card.link in {"and", "or"} else ""
        beside = f"beside {card.beside}: " if card.beside else ""
        yield f"- {escaped(f'{link}{beside}{card.label} {card.text} [{card.status}{root}]{notes}')}"
    yield ""


def _action(row: ActionRow) -> tuple[str, ...]:
    return (
        "; ".join((f"{row.id} {row.text}", *row.notes)),
        row.answers or ("this day" if row.kind == "immediate" else "no root"),
        f"{_BOXES[row.boxes]}{row.strength or 'no form chosen'}, {row.kind}",
        ", ".join(filter(None, (row.owner, row.when, row.late))),
        "; ".join(filter(None, (row.effect_state.replace("unknown", "not known yet"), row.effect))),
    )


def _step(row: StepRow) -> Iterator[str]:
    late = [row.late] if row.late else []
    told = (
        "" if row.is_part else str(row.number),
        row.text,
        row.state,
        row.when,
        row.by,
        "; ".join((*late, *row.notes)),
    )
    for at, cell in enumerate(map(escaped, told)):
        yield f"**{cell}**" if row.apology and at == 1 else cell


def letter(s: LetterSummary) -> str:
    """The letter to the customer as Markdown."""
    lines = [escaped(s.greeting), "", escaped(s.made_on), "", f"# {escaped(' '.join(s.admission))}", ""]
    lines += [line for text in s.story if text for line in (escaped(text), "")]
    heads = s.labels
    lines += [f"## {escaped(heads.did)}", "", *(f"- {escaped(text)}" for text in s.did)]
    lines += ["" if s.did else escaped(heads.working), ""]
    lines += [f"## {escaped(heads.vows)}", "", *(f"- **{escaped(vow.when)}:** {escaped(vow.text)}" for vow in s.vows)]
    lines += ["" if s.vows else escaped(s.vows_sentence), "", f"## {escaped(heads.reach)}", ""]
    lines += [escaped(" ".join(filter(None, (s.reach, s.contact)))), ""]
    lines += [line for text in s.closing for line in (escaped(text), "")]
    return "\n".join([*lines, escaped(s.signed), ""])


def checklist(s: SheetSummary) -> str:
    """A checklist as Markdown, with boxes to tick."""
    since = f" since {escaped(s.since)}" if s.since else ""
    lines = [f"# {escaped(s.name)}", "", f"Version {s.version}{since}", ""]
    lines += [f"For: {escaped(s.job)}", ""] if s.job else []
    lines += ["Job: ________ Who: ________ When: ________", "", *(f"- [ ] {escaped(point)}" for point in s.points)]
    lines += ["" if s.points else "There are no points on this list yet.", "## Why this list exists", ""]
    return "\n".join([*lines, escaped(s.why), "", escaped(s.foot), ""])


def portfolio(s: PortfolioSummary) -> str:
    """Many incidents as Markdown: the answer, and every chart in words and numbers."""
    lines = [f"# {escaped(s.answer)}", "", escaped(f"{s.heading} · {s.data_to} · {s.made_on}"), ""]
    lines += [escaped(f"{s.filters} · {s.count}"), ""]
    lines += [f"- **{escaped(fact.said)}** {escaped(fact.note)}" for fact in s.facts]
    lines += ["", escaped(s.caveat), ""]
    for chapter in s.chapters:
        lines += [f"## {escaped(chapter.title)}", ""]
        for chart in chapter.charts:
            lines += _chart(chart)
    return "\n".join([*lines, escaped(s.foot), ""])


def _chart(chart: ChartBlock) -> list[str]:
    lines = [f"### {escaped(chart.title)}", "", escaped(f"{chart.question} {chart.subtitle}"), ""]
    if chart.empty:
        return [*lines, escaped(chart.empty), ""]
    verdict = f"**{escaped(chart.verdict)}** " if chart.verdict else ""
    lines += [line for text in (f"{verdict}{escaped(chart.why)}".strip(),) if text for line in (text, "")]
    lines += [escaped(chart.alternative), ""]
    if chart.columns:
        lines += _table(chart.columns, chart.rows)
    return lines
