"""What is measured on where real data is absent or too small: made up, and the same for the same seed."""

from __future__ import annotations

import csv
import random
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SEED: Final = 20260307
NOW: Final = datetime(2026, 3, 7, 14, 2, tzinfo=UTC)
"""The moment the benchmarks look from; nothing that is made up lies later."""

HEADER: Final = (
    "time", "year", "lat", "long", "commodity", "volume", "state", "release type", "water", "cost", "cause",
)  # fmt: skip
"""The columns of the PHMSA table, which `data/mappings/phmsa.toml` reads."""

# Each word with how often it stands in the 3,144 rows of the real table.
_CAUSES: Final = {
    "EQUIPMENT FAILURE": 1382,
    "CORROSION FAILURE": 657,
    "INCORRECT OPERATION": 435,
    "MATERIAL FAILURE OF PIPE OR WELD": 227,
    "NATURAL FORCE DAMAGE": 142,
    "OTHER INCIDENT CAUSE": 126,
    "EXCAVATION DAMAGE": 112,
    "OTHER OUTSIDE FORCE DAMAGE": 63,
}
_COMMODITIES: Final = {
    "CRUDE OIL": 1566, "REFINED LIQUIDS": 1044, "FLAMMABLE GASES": 486, "CARBON DIOXIDE": 46, "BIOFUEL": 2,
}  # fmt: skip
_RELEASES: Final = {
    "LEAK": 2423, "OTHER": 327, "OVERFILL OR OVERFLOW": 219, "MECHANICAL PUNCTURE": 103, "RUPTURE": 72,
}  # fmt: skip
_STATES: Final = ("TX", "OK", "LA", "KS", "IL", "CA", "WY", "NM", "NJ", "ND", "MN", "OH", "PA", "MT", "IN")


def write_rows(path: Path, count: int, seed: int = SEED) -> None:
    """Write a CSV file of the same shape as the PHMSA table.

    Args:
        path: The file.
        count: How many rows.
        seed: What the rows follow from.
    """
    draw = random.Random(seed)  # noqa: S311 - made-up data, not a secret
    first = datetime(2010, 1, 1)  # noqa: DTZ001 - the real table says no zone either
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(HEADER)
        for _ in range(count):
            at = first + timedelta(minutes=draw.randrange(16 * 365 * 24 * 60))
            writer.writerow(
                (
                    at.strftime("%Y-%m-%d %H:%M:%S"),
                    at.year,
                    round(draw.uniform(26, 49), 5),
                    round(draw.uniform(-124, -70), 5),
                    _one_of(draw, _COMMODITIES),
                    int(draw.expovariate(1 / 5000)),
                    draw.choice(_STATES),
                    _one_of(draw, _RELEASES),
                    "YES" if draw.random() < 0.087 else "NO",
                    round(draw.lognormvariate(10, 2), 4),
                    _one_of(draw, _CAUSES),
                )
            )


def _one_of(draw: random.Random, weights: dict[str, int]) -> str:
    return draw.choices(tuple(weights), tuple(weights.values()))[0]


_STEPS: Final = (
    "explain-mistake", "apologise", "explain-why", "assure", "fix", "explain-not-again", "apologise-again", "offer",
    "carry-out", "make-sure", "contact", "thank", "follow-up",
)  # fmt: skip
_CATEGORIES: Final = {
    "system": 45, "understanding": 20, "training": 12, "motivation": 8, "outside our control": 9, "": 6,
}  # fmt: skip
_FORMS: Final = {"remind": 4, "retrain": 3, "checklist": 4, "read-back": 2, "standardise": 2, "automate": 1}
_FACTORS: Final = ("more information", "better follow-through", "more up-front questions", "better judgement")
_TEAMS: Final = tuple(f"Crew {place}" for place in ("North", "East", "South", "West", "Centre", "Harbour", "Night"))
_SERVICES: Final = ("Line repair", "Heating", "Internet", "Rooms", "Baggage")
_RECURRING: Final = 60
_YEARS: Final = 6


def documents(count: int, seed: int = SEED) -> Iterator[dict[str, Any]]:
    """Incidents as people tell them, told shortly: whys, one or two causes, actions, and a handling for every fourth.

    Args:
        count: How many.
        seed: What they follow from.
    """
    draw = random.Random(seed)  # noqa: S311 - made-up data, not a secret
    for number in range(count):
        at = NOW - timedelta(minutes=draw.randrange(60 * 24 * 40, 60 * 24 * 365 * _YEARS))
        yield _document(draw, number, at)


def _document(draw: random.Random, number: int, at: datetime) -> dict[str, Any]:
    known = at + timedelta(minutes=draw.randrange(5, 240))
    told = known + timedelta(minutes=draw.randrange(2, 300))
    causes = [_cause(draw, place) for place in range(1, 2 + (draw.random() < 0.15))] if draw.random() < 0.95 else []
    whys = [
        {"id": f"w{2 * place - 1}", "text": f"The job was closed early, for reason {draw.randrange(400)}"}
        | {"leg": ("occurrence", "detection")[place - 1], "status": "confirmed"}
        for place in range(1, len(causes) + 1)
    ]
    whys += [
        {"id": cause["why"], "parent": f"w{2 * place - 1}", "text": cause.pop("text"), "status": "confirmed"}
        for place, cause in enumerate(causes, 1)
    ]
    document: dict[str, Any] = {
        "title": f"Job {number} was left half done and the customer had to ring",
        "team": draw.choice(_TEAMS),
        "service": draw.choice(_SERVICES),
        "kind": draw.choice(("wrong or missing work", "late", "billing", "wrong information")),
        "fault": "ours",
        "owner": "Crew lead",
        "state": "acting" if causes else "analysing",
        "occurred_at": at.isoformat(),
        "known_at": known.isoformat(),
        "told_at": told.isoformat(),
        "impact": {"customers": 1, "customer_min": draw.randrange(5, 900), "harm": "none", "trust": "unsure"},
        "whys": whys,
        "causes": causes,
        "factors": draw.sample(_FACTORS, draw.randrange(3)),
        "actions": [_action(draw, place, at, causes) for place in range(1, 1 + draw.randrange(3))] if causes else [],
    }
    if number % 4 == 0:
        steps = [{"id": step, "status": "done", "at": told.isoformat(), "channel": "phone"} for step in _STEPS]
        document["recovery"] = {"procedure": "thirteen-steps", "channel": "phone", "steps": steps}
    return document


def _cause(draw: random.Random, place: int) -> dict[str, Any]:
    category = _one_of(draw, _CATEGORIES)
    cause: dict[str, Any] = {"id": f"c{place}", "why": f"w{2 * place}", "category": category or None}
    if category and draw.random() < 0.5:
        # The n-th recurring cause comes about n times more seldom than the first one.
        number = min(_RECURRING, int(draw.paretovariate(1)))
        return cause | {"recurring_id": f"C-{number:02}", "text": f"Nothing asks for step {number} at the end"}
    return cause | {"text": f"Nothing asks for it, in wording {draw.randrange(5000)}"}


def _action(draw: random.Random, place: int, at: datetime, causes: list[dict[str, Any]]) -> dict[str, Any]:
    due = (at + timedelta(days=30)).date()
    done = draw.random() < 0.8
    action: dict[str, Any] = {"id": f"a{place}", "text": "Ask for it on the job sheet", "owner": "Crew lead"}
    action |= {"form": _one_of(draw, _FORMS), "causes": [causes[0]["id"]], "due_on": due.isoformat()}
    if done:
        action["done_on"] = (due - timedelta(days=draw.randrange(14))).isoformat()
        action["effect"] = {"result": draw.choice(("held", "not held", "unknown"))}
    return action


COUNTED: Final = ("training", "understanding", "motivation", "system", "outside our control", "unclassified")
"""The kinds of cause by which the first chart counts."""

TOLD: Final = "2025-003"
"""The sample that is told as a report of one incident."""

CHROMIUM: Final = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
"""How the browser is started: without what differs from machine to machine, and without calling home."""
