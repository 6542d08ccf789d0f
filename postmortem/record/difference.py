"""What changed between two states of one record, in words that a person can read and a program can count."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any, Final, Literal

from postmortem.record import moments, spans, unread, whys
from postmortem.record.base import Value, zone
from postmortem.record.incident import Incident
from postmortem.record.labels import label
from postmortem.record.pairing import named, reordered
from postmortem.record.parts import Action, Cause, Extra, Kept, Link, Reply, Why
from postmortem.record.treatment import RecoveryStep

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Kind = Literal["added", "removed", "changed", "moved"]

_UNTOLD: Final = frozenset({"id", "revision", "gone"})
_HEAD: Final = ("text", "what", "name", "incident_id", "question", "value", "rule", "by")
"""The field that a part is told by, the first that it has."""
_SHORT: Final = 60
_MOST_WORDS: Final = 1_500
_MOST_PAIRS: Final = 60_000
"""How many pairs of equal words are compared: a text of two words over and over would take minutes."""
_ALIKE: Final = 0.3
"""Texts that have less in common than this are told one after the other, not word by word."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words of a text that was changed: left as they were, taken out, or put in."""

    kind: Literal["same", "removed", "added"]
    text: str


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is different.

    Attributes:
        place: Where it stands, as `record.edit` writes places.
        label: The same in plain words, as the screens say it.
        kind: Whether it was added, removed, changed, or stands elsewhere.
        before: What stood there, as text; empty where nothing did.
        after: What stands there now.
    """

    place: str
    label: str
    kind: Kind
    before: str
    after: str

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """The text with what was taken out and what was put in, word by word."""
        return pieces(self.before, self.after)

    def as_dict(self) -> dict[str, Any]:
        """Plain data, with the pieces."""
        return {**asdict(self), "pieces": [asdict(piece) for piece in self.pieces]}


def changes(before: Incident | None, after: Incident) -> tuple[Change, ...]:
    """What is different in a record, in the order of the record; empty exactly where nothing is.

    Ids and numbers of revisions are left out. Whys and roots are told by their text, times in the record's own zone. A
    part that was added or taken out is told whole, in one change.

    Args:
        before: The earlier state; `None` to tell all that stands.
        after: The later state.

    Examples:
        >>> late = Incident(title="Late", team="Field")
        >>> [(it.label, it.kind, it.before, it.after) for it in changes(late, late.model_copy(update={"team": "Vans"}))]
        [('Team', 'changed', 'Field', 'Vans')]
        >>> [(it.place, it.after) for it in changes(None, late)]
        [('title', 'Late'), ('team', 'Field')]
    """
    if before is None:
        empty = Incident.model_construct(title="", zone=after.zone)
        return tuple(
            Change(it.place, it.label, "added", "", it.after) for it in _Difference(empty, after).under(empty, after)
        )
    return tuple(_Difference(before, after).under(before, after))


def pieces(before: str, after: str) -> tuple[Piece, ...]:
    """A changed text word by word. What is not added is the text before; what is not removed is the text after.

    Examples:
        >>> [(it.kind, it.text) for it in pieces("The old switch was off", "The main switch was off")]
        [('same', 'The'), ('removed', ' old'), ('added', ' main'), ('same', ' switch was off')]
    """
    if before == after:
        return (Piece("same", before),) if before else ()
    old, new = (re.findall(r"\s*\S+|\s+", text) for text in (before, after))
    whole = _told([("removed", before), ("added", after)])
    often = Counter(new)
    if max(len(old), len(new)) > _MOST_WORDS or sum(often[word] for word in old) > _MOST_PAIRS:
        return whole
    match = SequenceMatcher(None, old, new, autojunk=False)
    if match.ratio() < _ALIKE:
        return whole
    found: list[tuple[Literal["same", "removed", "added"], str]] = []
    for tag, start, end, to_start, to_end in match.get_opcodes():
        if tag == "equal":
            found.append(("same", "".join(old[start:end])))
        else:
            found += [("removed", "".join(old[start:end])), ("added", "".join(new[to_start:to_end]))]
    return _told(found)


def _told(found: Sequence[tuple[Literal["same", "removed", "added"], str]]) -> tuple[Piece, ...]:
    return tuple(Piece(kind, text) for kind, text in found if text)


class _Words:
    """Says the values of one state of a record."""

    def __init__(self, incident: Incident) -> None:
        self._zone = zone(incident.zone)
        self._labels = whys.labels(incident)
        self._whys = {why.id: why.text for why in incident.whys}
        self._roots = {cause.id: cause.why for cause in incident.causes}
        self._sheets = {sheet.id: sheet.name for sheet in incident.checklists}

    def why(self, name: str) -> str:
        """A why by its place in the tree and its text."""
        return f"{self._labels.get(name, '')} “{self._whys.get(name, '')}”".strip()

    def value(self, model: type[Value], field: str, value: Any) -> str:  # noqa: ANN401, PLR0911 - a line for each kind
        """What stands in a field; empty where nothing does."""
        if model is Why and field == "parent":
            return "at the top" if value is None else f"under {self.why(value)}"
        if value is None:
            return ""
        if model is Cause and field == "why":
            return self.why(value)
        if model is Action and field == "causes":
            return self.why(self._roots.get(value, ""))
        if model is Action and field == "checklist":
            return self._sheets.get(value, "") or str(value)
        if isinstance(value, bool):
            return "yes" if value else "no"
        if isinstance(value, datetime):
            return self._moment(value)
        if isinstance(value, date):
            return moments.day(value)
        if isinstance(value, float) and field.endswith("_min"):
            return spans.exact(value)
        return f"{value:f}" if isinstance(value, Decimal) else str(value)

    def _moment(self, at: datetime) -> str:
        local = at.astimezone(self._zone)
        clock = local.time().isoformat("auto" if local.second or local.microsecond else "minutes")
        if local.replace(fold=1 - local.fold).utcoffset() != local.utcoffset():
            clock += f" {local.isoformat()[-6:]}"  # the hour stands twice when the clocks go back
        return f"{moments.day(local.date())}, {clock}"

    def title(self, part: Any) -> str:  # noqa: ANN401 - any part of a record
        """What a part is called in a label."""
        if isinstance(part, Why):
            told = self.why(part.id)
        elif isinstance(part, Cause):
            told = self.why(part.why)
        elif isinstance(part, RecoveryStep | Reply | Extra | Kept | Link):
            told = self.name(part)
        else:
            head = _head(part)
            told = f"“{getattr(part, head)}”" if head else ""
        told = " ".join(told.split())
        return told if len(told) <= _SHORT else f"{told[: _SHORT - 2].rstrip()}…”"

    def name(self, part: Any) -> str:  # noqa: ANN401 - any part of a record
        """What a part is known by where it is not known by its text."""
        match part:
            case RecoveryStep():
                return part.id.replace("-", " ")
            case Reply():
                return part.question.replace("_", " ")
            case Extra():
                place = unread.place_of(part)
                return f"not read yet, typed at {place}" if place else part.name
            case Kept():
                return f"{part.rule} at {part.where}"
            case Link():
                return part.incident_id
        return ""

    def whole(self, part: Any) -> str:  # noqa: ANN401 - any part of a record
        """A part with everything that stands in it, a line for each field."""
        if not isinstance(part, Value):
            return str(part)
        head = _head(part)
        lines = [self.name(part) or (str(getattr(part, head)) if head else "")]
        # A name, such as that of a step, stands beside what is said under it.
        skipped = {"id", head} if not self.name(part) else {"id", "question", "incident_id"}
        if isinstance(part, Extra | Kept):
            skipped = {"id", "where", "rule", "name"}
        lines += self._lines(part, skipped)
        if isinstance(part, Why):
            lines.append(self.value(Why, "parent", part.parent))
        return "\n".join(line for line in lines if line)

    def _lines(self, part: Value, skipped: set[str]) -> Iterator[str]:
        model = type(part)
        for field, rule in model.model_fields.items():
            value = getattr(part, field)
            if field in skipped or (not rule.is_required() and value == rule.default):
                continue
            if isinstance(value, Value):
                yield from self._lines(value, {"id"})
            elif isinstance(value, tuple):
                for item in value:
                    told = self.whole(item) if isinstance(item, Value) else self.value(model, field, item)
                    yield f"{label(model, field)}: {told}"
            elif not (model is Why and field == "parent"):
                yield f"{label(model, field)}: {self.value(model, field, value)}"


def _head(part: Value) -> str:
    return next((name for name in _HEAD if name in type(part).model_fields), "")


class _Difference:
    """Goes through both states at once and tells where they differ."""

    def __init__(self, before: Incident, after: Incident) -> None:
        self._before = _Words(before)
        self._after = _Words(after)

    def under(self, before: Value, after: Value, place: str = "", what: str = "") -> Iterator[Change]:
        """What is different below one part."""
        model = type(after)
        for field in model.model_fields:
            if field in _UNTOLD and model is Incident:
                continue
            old, new = getattr(before, field), getattr(after, field)
            if old == new:
                continue
            there = f"{place}.{field}" if place else field
            told = f"{what}: {label(model, field)}" if what else label(model, field)
            if isinstance(new, tuple):
                yield from self._parts(model, field, old, new, there, told)
            elif isinstance(new, Value) and isinstance(old, Value):
                yield from self.under(old, new, there, what)
            elif isinstance(new, Value) or isinstance(old, Value):
                yield self._change(
                    there,
                    told,
                    "" if old is None else self._before.whole(old),
                    "" if new is None else self._after.whole(new),
                )
            else:
                yield self._leaf(model, field, old, new, there, told)

    def _leaf(self, model: type[Value], field: str, old: Any, new: Any, place: str, told: str) -> Change:  # noqa: ANN401, PLR0917 - one field of two states
        texts = self._before.value(model, field, old), self._after.value(model, field, new)
        moved = model is Why and field == "parent"
        return self._change(place, told, *texts, kind="moved" if moved else None, apart=(old, new))

    def _change(
        self,
        place: str,
        told: str,
        before: str,
        after: str,
        *,
        kind: Kind | None = None,
        apart: tuple[Any, Any] | None = None,
    ) -> Change:
        if before == after and apart is not None:
            # Two values that read alike: what tells them apart is said too.
            before, after = f"{before} ({apart[0]})", f"{after} ({apart[1]})"
        if kind is None:
            kind = "added" if not before else "removed" if not after else "changed"
        return Change(place, told, kind, before, after)

    def _parts(  # noqa: PLR0917 - one list of two states
        self, model: type[Value], field: str, before: Sequence[Any], after: Sequence[Any], place: str, told: str
    ) -> Iterator[Change]:
        old, new = named(before, after)
        found = 0
        for name, part in new.items():
            there = f"{place}.{name}" if isinstance(name, str) else place
            if name not in old:
                text = self._after.whole(part) if isinstance(part, Value) else self._after.value(model, field, part)
                found += 1
                yield Change(there, told, "added", "", text or "(nothing yet)")
            elif isinstance(part, Value) and old[name] != part:
                found += 1
                title = self._after.title(part) or self._before.title(old[name])
                yield from self.under(old[name], part, there, f"{told} {title}".strip())
        for name, part in old.items():
            if name not in new:
                text = self._before.whole(part) if isinstance(part, Value) else self._before.value(model, field, part)
                found += 1
                there = f"{place}.{name}" if isinstance(name, str) else place
                yield Change(there, told, "removed", text or "(nothing yet)", "")
        if reordered(old, new) and (
            model is not Incident or field != "whys" or not found or _rows_turned(before, after)
        ):
            one, other = _order(self._before, model, field, old), _order(self._after, model, field, new)
            ids = (", ".join(map(str, old)), ", ".join(map(str, new)))
            yield self._change(place, f"{told}: order", one, other, kind="moved", apart=ids)


def _order(words: _Words, model: type[Value], field: str, parts: dict[Any, Any]) -> str:
    titles = [
        words.title(part) if isinstance(part, Value) else words.value(model, field, part) for part in parts.values()
    ]
    return "\n".join(f"{number}. {title}" for number, title in enumerate(titles, start=1))


def _rows_turned(before: Sequence[Why], after: Sequence[Why]) -> bool:
    """Whether answers to one why stand in another order; a branch that hangs elsewhere is told as such."""
    parents = {why.id: why.parent for why in before}
    for parent in {why.parent for why in after}:
        row = [why.id for why in after if why.parent == parent and parents.get(why.id, ...) == parent]
        if reordered((why.id for why in before if why.parent == parent), row):
            return True
    return False
