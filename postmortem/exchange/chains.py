"""Five-why chains, as they are collected from published postmortems: each with a problem and its whys in order.

A chain becomes an incident whatever its length; an unfinished one (`complete: false`) has no root. Chains that are
branches of another (`branch_of`) become one incident with it, and one tree: what they say alike at the top stands once.

A `date` is a day without a time; it becomes the instant 00:00 UTC of that day. What is no whole day (a year, a month)
is kept as an extra and gives no instant, for nobody could tell it from a day that was told.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Final

from postmortem.exchange.reading import Reading, Sorting
from postmortem.record.errors import DataError, Problem, shown
from postmortem.record.reading import incident_from
from postmortem.record.vocabulary import CATEGORIES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from postmortem.exchange.stream import Element
    from postmortem.record.incident import Incident

SYSTEM: Final = "five-whys"
"""The system that the source of such an incident names; its key is the id of the tree's first chain."""

COLLECTOR: Final = "collector"
"""Who a guessed category belongs to: an opinion (R31), never the category itself."""

_SAID_ELSEWHERE: Final = frozenset(
    {"id", "problem", "whys", "root_cause", "actions", "category_guess", "complete", "branch_of", "source", "date"}
)
_TAGS: Final = ("domain", "kind")


def is_chain(document: object) -> bool:
    """Whether a JSON document is a five-why chain and not an incident of ours.

    Examples:
        >>> is_chain({"problem": "No heating", "whys": ["The valve stuck"]}), is_chain({"title": "No heating"})
        (True, False)
    """
    if not isinstance(document, dict) or "title" in document:
        return False
    return "problem" in document and isinstance(document.get("whys"), list)


_Numbered = tuple[int, dict[str, Any]]


@dataclass(slots=True)
class _Tree:
    """The chains of one incident on their way into one tree."""

    whys: list[dict[str, Any]] = field(default_factory=list)
    causes: list[dict[str, Any]] = field(default_factory=list)
    actions: list[dict[str, Any]] = field(default_factory=list)
    below: dict[tuple[str | None, str], str] = field(default_factory=dict)

    def branch(self, texts: list[str]) -> str | None:
        """The last node of a branch; what stands there already in the same words is not added again."""
        node: str | None = None
        for text in texts:
            place = (node, _plain(text))
            if place not in self.below:
                name = f"w{len(self.whys) + 1}"
                self.whys.append({"id": name, "text": text, "parent": node} | ({} if node else {"leg": "occurrence"}))
                self.below[place] = name
            node = self.below[place]
        return node

    def root(self, node: str) -> dict[str, Any]:
        """The cause that is marked at a node."""
        for cause in self.causes:
            if cause["why"] == node:
                return cause
        self.causes.append({"id": f"c{len(self.causes) + 1}", "why": node, "reason": "", "opinions": []})
        return self.causes[-1]

    def act(self, text: str, cause: str | None) -> None:
        """Carry an action over; one that several branches name is one action for all their roots."""
        there = next((action for action in self.actions if _plain(action["text"]) == _plain(text)), None)
        if there is None:
            there = {"id": f"a{len(self.actions) + 1}", "text": text, "causes": []}
            self.actions.append(there)
        if cause is not None and cause not in there["causes"]:
            there["causes"].append(cause)


def reading_of(elements: Iterable[tuple[int, Element]], name: str) -> Reading:
    """Read chains; each tree of them is one incident.

    Where one branch will not do, its whole tree is rejected: imported without it, the tree would be another one.

    Args:
        elements: The chains, each with its place.
        name: What the file is called.
    """
    sorting = Sorting(name, "chain")
    faults: dict[int, list[Problem]] = {}
    chains: list[_Numbered] = []
    for number, element in elements:
        faults[number] = [Problem(f"chain {number}", fault) for fault in element.faults] or _faults(
            number, element.value
        )
        if isinstance(element.value, dict) and not element.text:
            chains.append((number, element.value))
        else:
            sorting.reject(number, element.fields, faults[number])
    for first, (number, chain) in _doubled(chains):
        told = f"the id {_key(chain)!r} stands also at chain {first[0]}, with other contents"
        faults[number].append(Problem(f"chain {number}", told, "give each its own"))
    for key, members in _trees(chains).items():
        bad = [number for number, _ in members if faults[number]]
        incident = None
        if not bad:
            try:
                incident = incident_of([chain for _, chain in members], key)
            except DataError as error:
                bad = [members[0][0]]
                faults[bad[0]] += [
                    Problem(f"chain {bad[0]}, {fault.where}", fault.finding, fault.remedy) for fault in error.problems
                ]
        if incident is not None:
            sorting.accept(members[0][0], incident, members[0][1])
            continue
        for number, chain in members:
            branch = Problem(
                f"chain {number}", f"a branch of the tree of chain {bad[0]}, which will not do", "mend that one"
            )
            sorting.reject(number, chain, faults[number] or [branch])
    return sorting.reading()


def incident_of(chains: list[dict[str, Any]], key: str) -> Incident:
    """One incident from the chains of one tree.

    The last why of a complete chain is marked as a root. How the source words its root cause, where that differs, is
    kept as the reason of the cause; no why is made of it. Actions belong to the root of their chain, and have no form:
    nobody has chosen one.

    Args:
        chains: The branches, the first one first; each with a `problem` and `whys`.
        key: The key of the tree in its source.

    Raises:
        DataError: If a part does not fit.

    Examples:
        >>> chain = {"problem": "No heating", "whys": ["The valve stuck", "It was never moved"], "complete": True}
        >>> incident = incident_of([chain], "heating")
        >>> [why.text for why in incident.whys], incident.causes[0].why
        (['The valve stuck', 'It was never moved'], 'w2')
    """
    first = chains[0]
    tree = _Tree()
    extra: list[dict[str, str]] = []
    for chain in chains:
        prefix = f"{chain.get('id', '')}: " if len(chains) > 1 else ""
        extra += _add(tree, chain, prefix)
    day = _day(first.get("date"))
    if first.get("date") and day is None:
        extra.append({"name": "date", "value": str(first["date"])})
    document: dict[str, Any] = {
        "title": first["problem"],
        "occurred_at": f"{day.isoformat()}T00:00:00Z" if day else None,
        "whys": tree.whys,
        "causes": tree.causes,
        "actions": tree.actions,
        "tags": [str(first[name]) for name in _TAGS if first.get(name)],
        "source": {"system": SYSTEM, "key": key, "url": str(first.get("source") or "")},
        "extra": list({(one["name"], one["value"]): one for one in extra}.values()),
    }
    return incident_from(document, f"chain {key}")


def _add(tree: _Tree, chain: dict[str, Any], prefix: str) -> list[dict[str, str]]:
    """Hang one chain into the tree; what has no place in it comes back as extras."""
    extra = [
        {
            "name": name,
            "value": f"{prefix if name == 'note' else ''}{value if isinstance(value, str) else json.dumps(value)}",
        }
        for name, value in chain.items()
        if name not in _SAID_ELSEWHERE and name not in _TAGS and value not in (None, "", [], {})
    ]
    last = tree.branch([text.strip() for text in chain["whys"] if text.strip()])
    stated, guess = chain.get("root_cause") or "", chain.get("category_guess") or ""
    cause = tree.root(last) if last is not None and chain.get("complete") is True else None
    if cause is not None:
        text = next(why["text"] for why in tree.whys if why["id"] == last)
        if stated and _plain(stated) != _plain(text) and stated not in cause["reason"]:
            cause["reason"] = f"{cause['reason']}; {stated}" if cause["reason"] else f"As the source says it: {stated}"
        if guess in CATEGORIES and not any(opinion["category"] == guess for opinion in cause["opinions"]):
            cause["opinions"].append({"by": COLLECTOR, "category": guess})
    elif stated:
        extra.append({"name": "root_cause", "value": f"{prefix}{stated}"})
    if guess and (cause is None or guess not in CATEGORIES):
        extra.append({"name": "category_guess", "value": f"{prefix}{guess}"})
    for action in chain.get("actions") or ():
        tree.act(action.strip(), cause["id"] if cause is not None else None)
    return extra


def _key(chain: dict[str, Any]) -> str:
    """The id of a chain; one that has none is called by what it says."""
    if chain.get("id"):
        return str(chain["id"])
    return blake2b(json.dumps(chain, sort_keys=True).encode(), digest_size=10).hexdigest()


def _doubled(chains: list[_Numbered]) -> Iterator[tuple[_Numbered, _Numbered]]:
    """Chains with one id and different contents, each with the first of them."""
    first: dict[str, _Numbered] = {}
    for number, chain in chains:
        there = first.setdefault(_key(chain), (number, chain))
        if there[1] != chain:
            yield there, (number, chain)


def _trees(chains: list[_Numbered]) -> dict[str, list[_Numbered]]:
    """The chains by the tree they belong to, whose name is the id of its first chain; that one stands first."""
    above = {_key(chain): str(chain["branch_of"]) for _, chain in chains if chain.get("branch_of")}
    trees: dict[str, list[_Numbered]] = {}
    for number, chain in chains:
        name = _key(chain)
        passed = [name]
        while name in above and above[name] not in passed:
            name = above[name]
            passed.append(name)
        # A circle of branches has no first one: the one that sorts first stands for it.
        trees.setdefault(min(passed) if name in above else name, []).append((number, chain))
    return {name: sorted(members, key=lambda one: _key(one[1]) != name) for name, members in trees.items()}


def _faults(number: int, chain: object) -> list[Problem]:
    place = f"chain {number}"
    if not isinstance(chain, dict):
        return [Problem(place, f"expected a chain as {{…}}, found {shown(chain)}")]
    problems = []
    if not isinstance(chain.get("problem"), str) or not chain["problem"].strip():
        problems.append(Problem(f"{place}, problem", f"expected what went wrong, found {shown(chain.get('problem'))}"))
    for name in ("whys", "actions"):
        texts = chain.get(name) or []
        if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
            problems.append(Problem(f"{place}, {name}", f"expected a list of texts, found {shown(texts)}"))
    problems += [
        Problem(f"{place}, {name}", f"expected a text, found {shown(chain[name])}")
        for name in ("root_cause", "category_guess")
        if not isinstance(chain.get(name) or "", str)
    ]
    return problems


def _day(text: object) -> date | None:
    try:
        return date.fromisoformat(str(text)) if text else None
    except ValueError:
        return None


def _plain(text: str) -> str:
    """A text without what does not change its meaning: capitals, blanks, the full stop."""
    return " ".join(text.casefold().split()).rstrip(".!")
