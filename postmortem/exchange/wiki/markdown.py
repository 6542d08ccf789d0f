"""One incident as one Markdown page, and back: what people read and mend in the page, the rest in its front matter.

Every fact stands in one place only. What a page shows (texts, timeline, the tree of whys, roots, actions, lessons, what
was kept from the source) is read from the page; everything else, by the ids that stand in the page, from the front
matter. Nothing in a typed text can become markup, so a page of hostile texts is a page like any other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from postmortem.exchange.wiki import front_matter
from postmortem.exchange.wiki.markdown_body import BODY_FIELDS, PARTS, Body, body_lines, told
from postmortem.record.errors import DataError, Problem, near, shown, shown_name
from postmortem.record.reading import document, incident_from

if TYPE_CHECKING:
    from postmortem.record.incident import Incident

MARK: Final = "postmortem"
"""The name in the front matter that says that a page is one of ours; its value is the version of the form."""

VERSION: Final = 1

_INSTANTS: Final = ("occurred_at", "known_at", "raised_at", "told_at", "fixed_at", "closed_at")
_ORDER: Final = "order_of_whys"
_HEAD: Final = f"{front_matter.FENCE}\n{MARK}:"


def is_page(text: str) -> bool:
    r"""Whether a Markdown text is an incident of ours, and not somebody's prose.

    Examples:
        >>> is_page("---\npostmortem: 1\n---\n\n# Late\n"), is_page("# Late\n")
        (True, False)
    """
    head = front_matter.split(text.replace("\r\n", "\n").removeprefix("\ufeff"))
    return head is not None and any(line.startswith(f"{MARK}:") for line in head[0].split("\n"))


def page(incident: Incident) -> str:
    """The incident as a page; the same value always gives the same text.

    Examples:
        >>> from postmortem.record.incident import Incident
        >>> print(page(Incident(title="Late", id="2026-014", summary="An hour.")), end="")
        ---
        postmortem: 1
        id: 2026-014
        ---
        <BLANKLINE>
        # Late
        <BLANKLINE>
        ## Summary
        <BLANKLINE>
        An hour.
    """
    data = document(incident)
    lines, order, deep = body_lines(incident)
    head: dict[str, Any] = {MARK: VERSION}
    for name, value in data.items():
        if name in PARTS:
            rest = _rest(value, PARTS[name], deep if name == "whys" else frozenset())
            head |= {name: rest} if rest else {}
        elif name == "impact":
            left = {key: one for key, one in value.items() if f"impact.{key}" not in BODY_FIELDS}
            head |= {name: left} if left else {}
        elif name in _INSTANTS:
            head[name] = told(getattr(incident, name), incident.zone)
        elif name not in BODY_FIELDS:
            head[name] = value
    if order != [why.id for why in incident.whys]:
        head[_ORDER] = [why.id for why in incident.whys]
    fence = front_matter.FENCE
    return f"{fence}\n{front_matter.dump(head)}{fence}\n\n" + "\n".join(lines).rstrip("\n") + "\n"


def _rest(parts: list[dict[str, Any]], shown_fields: frozenset[str], deep: frozenset[str]) -> dict[str, Any]:
    """What the page itself does not show of the parts of a list, by their ids; of deep whys also the parent."""
    left = {
        part["id"]: {
            name: value
            for name, value in part.items()
            if name not in shown_fields or (name == "parent" and part["id"] in deep)
        }
        for part in parts
    }
    return {identifier: rest for identifier, rest in left.items() if rest}


def incident_of(text: str, subject: str = "page") -> Incident:
    """The incident that stands in a page.

    Args:
        text: The page.
        subject: What it is called in an error: the file's name.

    Raises:
        DataError: With everything that will not do: front matter that can't be read or is not ours, sections, columns
            and ids that are not known, what stands twice or on neither side.

    Examples:
        >>> from postmortem.record.incident import Incident
        >>> incident_of(page(Incident(title="Late", id="2026-014")))
        <Incident 2026-014 r0: 'Late'>
    """
    parted = front_matter.split(text.replace("\r\n", "\n").removeprefix("\ufeff"))
    if parted is None:
        found = Problem("line 1", f"expected front matter between two lines {front_matter.FENCE}", f"as in {_HEAD!r}")
        raise DataError(subject, [found])
    head, rest, line = parted
    data = front_matter.load(head, subject)
    version = data.pop(MARK, None)
    if version != VERSION or isinstance(version, bool):
        remedy = "use a newer program" if isinstance(version, int) and version > VERSION else f"write {MARK}: {VERSION}"
        raise DataError(subject, [Problem(MARK, f"expected {VERSION}, found {shown(version)}", remedy)])
    body = Body(rest, line)
    problems = [*body.problems, *_joined(data, body)]
    try:
        incident = incident_from(data, subject)
    except DataError as error:
        if not problems:
            raise
        raise DataError(subject, [*problems, *error.problems]) from None
    if problems:
        raise DataError(subject, problems)
    return incident


def _joined(data: dict[str, Any], body: Body) -> list[Problem]:
    """Bring what the page shows into the data of the front matter; everything that stands on both sides, or neither."""
    problems: list[Problem] = []
    impact = data.get("impact")
    for name in BODY_FIELDS:
        inside = name.partition(".")[2]
        if (inside and isinstance(impact, dict) and inside in impact) or (name in data and name not in PARTS):
            problems.append(Problem(name, "stands in the front matter", "write it in the page, below its heading"))
    for name in PARTS:
        rest = data.pop(name, {})
        if not isinstance(rest, dict):
            problems.append(Problem(name, f"expected ids with what belongs to each, found {shown(rest)}"))
            rest = {}
        parts, faults = _parts(name, body.parts[name], rest)
        problems += faults
        data |= {name: parts} if parts else {}
    problems += _ordered(data)
    for name, value in body.fields.items():
        outer, _, inside = name.partition(".")
        if not inside:
            data[name] = value
        elif isinstance(data.setdefault(outer, {}), dict):
            data[outer] = {**data[outer], inside: value}
    return problems


def _parts(
    name: str, shown_parts: list[dict[str, Any]], rest: dict[str, Any]
) -> tuple[list[dict[str, Any]], list[Problem]]:
    """The parts of one list from both sides."""
    problems = []
    parts = []
    known = [part["id"] for part in shown_parts]
    for part in shown_parts:
        more = rest.get(part["id"], {})
        if not isinstance(more, dict):
            problems.append(Problem(f"{name}.{shown_name(part['id'])}", f"expected names, found {shown(more)}"))
            more = {}
        problems += [
            Problem(f"{name}.{shown_name(part['id'])}.{field}", "stands in the front matter", "write it in the page")
            for field in more
            if field in PARTS[name] and not (field == "parent" and field not in part)
        ]
        parts.append({**more, **part})
    for identifier in rest:
        if identifier not in known:
            hint = near(identifier, known)
            remedy = f"did you mean {hint!r}?" if hint else "write it there, or take it out of the front matter"
            problems.append(Problem(f"{name}.{shown_name(identifier)}", "does not stand in the page", remedy))
    return parts, problems


def _ordered(data: dict[str, Any]) -> list[Problem]:
    """Put the whys in the order they were kept in, where it is not that of the page."""
    order = data.pop(_ORDER, None)
    if order is None:
        return []
    if not isinstance(order, list):
        return [Problem(_ORDER, f"expected a list of ids, found {shown(order)}", "take it out")]
    place = {str(identifier): at for at, identifier in enumerate(order)}
    data["whys"] = sorted(data.get("whys", []), key=lambda why: place.get(why["id"], len(place)))
    return []
