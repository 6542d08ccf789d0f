"""Tidy tables for tests: a few incidents written by hand, or a seeded year of them."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest

from postmortem.analysis import Tables
from postmortem.record.incident import Incident
from postmortem.record.recovery import told_before_asked

COLUMNS = {
    "incidents": (
        "incident_id title kind severity fault state team service channel vip occurred_at known_at told_at raised_at"
        " told_first fixed_at closed_at customers customer_min customer_cost our_cost harm trust source source_key"
    ),
    "causes": "incident_id cause_id leg text category status depth recurring_id occurred_at",
    "actions": "incident_id action_id text kind form strength owner due_on done_on effect",
    "action_causes": "incident_id action_id cause_id",
    "factors": "incident_id factor",
    "steps": "incident_id procedure number step_id status done_at due_at due_on in_order channel",
    "promises": "incident_id promise_id kind text who place due_at due_on met_at status",
}

STEPS = [
    "explain-mistake",
    "apologise",
    "explain-why",
    "assure",
    "fix",
    "explain-not-again",
    "apologise-again",
    "offer",
    "carry-out",
    "make-sure",
    "contact",
    "thank",
    "follow-up",
]

NOW = datetime(2026, 10, 18, 12, tzinfo=UTC)
CATEGORIES = ("training", "understanding", "motivation", "system", "outside our control", "unclassified")

# Recurring causes of the seeded tables: id, wording, category, how often it is drawn, minutes it costs at most.
CAUSES = (
    ("C-03", "Job closed without a test from the customer's side", "system", 61, 900),
    ("C-07", "Order notes do not reach the crew", "understanding", 28, 500),
    ("C-11", "New router menus never practised", "training", 17, 200),
    ("C-15", "Closed tickets count, solved ones do not", "motivation", 15, 200),
    ("C-19", "No round checks the backup battery", "system", 8, 4800),
)


def _instant(text):
    return pd.Timestamp(text, tz="UTC") if isinstance(text, str) else text


def build(*incidents: dict) -> Tables:
    """Tables of incidents given as dicts: `id`, any column, and `causes`, `actions`, `steps`, `promises` as lists.

    An action names its causes by id in `for`; `factors` is a list of words. What is not given is missing, and a cause
    is confirmed and at its incident's instant.
    """
    rows = {name: [] for name in COLUMNS}
    for number, given in enumerate(incidents):
        own = {"incident_id": given.get("id", f"i{number}")}
        order = {"told_first": given.get("told_first") or _told_first(given)}
        rows["incidents"].append({"title": f"Incident {number}"} | given | order | own)
        for place, cause in enumerate(given.get("causes", ()), start=1):
            defaults = {"cause_id": f"c{place}", "status": "confirmed", "occurred_at": given.get("occurred_at")}
            rows["causes"].append(defaults | cause | own)
        for place, action in enumerate(given.get("actions", ()), start=1):
            row = {"action_id": f"a{place}", "effect": "unknown"} | action | own
            rows["actions"].append(row)
            rows["action_causes"] += [
                own | {"action_id": row["action_id"], "cause_id": cause} for cause in action.get("for", ())
            ]
        rows["factors"] += [own | {"factor": factor} for factor in given.get("factors", ())]
        rows["steps"] += [_default_step(place) | step | own for place, step in enumerate(given.get("steps", ()))]
        for place, promise in enumerate(given.get("promises", ()), start=1):
            defaults = {"promise_id": f"p{place}", "status": "met" if promise.get("met_at") else "open"}
            rows["promises"].append(defaults | promise | own)
    return Tables(**_frames(rows))


def _told_first(given: dict) -> str | None:
    """As the record decides it."""
    moments = {name: _instant(given.get(name)) for name in ("told_at", "raised_at")}
    incident = Incident(title="Late", found_by=given.get("found_by", "not known"), **moments)
    return {True: "yes", False: "no", None: None}[told_before_asked(incident)]


def _default_step(place: int) -> dict:
    own = {"procedure": "thirteen-steps", "number": place + 1, "step_id": STEPS[place % 13]}
    return own | {"status": "to do", "in_order": True}


def _frames(rows: dict[str, list[dict]]) -> dict[str, pd.DataFrame]:
    frames = {}
    for name, words in COLUMNS.items():
        columns = words.split()
        frame = pd.DataFrame([{column: row.get(column) for column in columns} for row in rows[name]], columns=columns)
        for column in columns:
            if column.endswith("_at"):
                frame[column] = pd.to_datetime(frame[column].map(_instant), utc=True).astype("datetime64[us, UTC]")
            elif column in {"customers", "customer_min", "customer_cost", "our_cost"}:
                frame[column] = frame[column].astype("float64")
            elif column == "due_on":
                frame[column] = pd.to_datetime(frame[column], utc=True).astype("datetime64[us, UTC]")
            elif column not in {"vip", "done_on", "depth", "number", "in_order"}:
                frame[column] = frame[column].astype("str").where(frame[column].notna(), "")
        frames[name] = frame
    return frames


def seeded(n: int = 180, months: int = 14, seed: int = 7) -> Tables:
    """A made-up history: four teams, five recurring causes, and what is never ranked; the same for the same seed."""
    draw = random.Random(seed)  # noqa: S311 - a history for tests, not a secret
    handled = random.Random(seed + 1)  # noqa: S311 - the same; apart, so that the rest stays as it was
    first = NOW - timedelta(days=int(months * 30.4))
    span = (NOW - first).total_seconds()
    incidents = []
    for number in range(n):
        at = first + timedelta(seconds=int(draw.random() * span))
        kind = draw.choices(("recurring", "once", "outside", "unclassified", "none"), (70, 14, 8, 4, 4))[0]
        causes, minutes = [], draw.randint(5, 120)
        if kind == "recurring":
            name, text, category, _, worst = draw.choices(CAUSES, [cause[3] for cause in CAUSES])[0]
            causes = [{"category": category, "text": text, "recurring_id": name, "leg": "occurrence"}]
            minutes = draw.randint(5, worst)
            if draw.random() < 0.06:
                causes.append(
                    {"category": "understanding", "text": "Nobody had said who calls back", "leg": "recovery"}
                )
        elif kind == "once":
            category = draw.choice(CATEGORIES[:4])
            causes = [{"category": category, "text": f"Something seen once, number {number}", "leg": "detection"}]
        elif kind != "none":
            category = "outside our control" if kind == "outside" else "unclassified"
            causes = [{"category": category, "text": f"A {kind} cause, number {number}"}]
        known = at + timedelta(minutes=draw.randint(0, 240))
        told = known + timedelta(minutes=draw.randint(5, 300)) if draw.random() < 0.8 else None
        raised = at + timedelta(minutes=draw.randint(30, 400)) if draw.random() < 0.6 else None
        actions = []
        if causes and draw.random() < 0.3:
            due = (at + timedelta(days=30)).date()
            done = due + timedelta(days=draw.randint(-20, 20)) if draw.random() < 0.7 else None
            strength = draw.choices(("stronger", "intermediate", "weaker", ""), (2, 4, 6, 1))[0]
            effect = draw.choice(("held", "not held", "unknown")) if done else "unknown"
            actions = [
                {"text": "Do the next thing", "strength": strength, "due_on": due, "done_on": done, "effect": effect}
            ]
            actions[0] |= {"owner": "Field lead", "for": ["c1"]}
        incidents.append(
            {
                "id": f"2026-{number:03}",
                "title": f"Incident {number}",
                "team": draw.choices(
                    ("Field repair", "Installations", "Network operations", "Support desk"), (6, 3, 2, 3)
                )[0],
                "service": draw.choice(("Internet", "Telephone", "Heating")),
                "severity": draw.choice(("minor", "moderate", "serious")),
                "state": draw.choice(("acting", "closed")),
                "occurred_at": at,
                "known_at": known,
                "told_at": told,
                "raised_at": raised,
                "customer_min": minutes if draw.random() < 0.9 else None,
                "customer_cost": draw.randint(0, 90) if draw.random() < 0.5 else None,
                "causes": causes,
                "actions": actions,
                "fixed_at": known + timedelta(hours=handled.randint(1, 90)) if handled.random() < 0.9 else None,
                "steps": [
                    _step(draw.choices(("done", "to do", "not needed"), (6, 3, 1))[0], known, handled)
                    for _ in range(13)
                ],
                "promises": [_promise(kind, known, handled) for kind in ("step", "follow-up", "action")],
            }
        )
    return build(*incidents)


def _step(status: str, known: datetime, draw: random.Random) -> dict:
    due = known + timedelta(hours=2)
    done = known + timedelta(minutes=draw.randint(5, 240)) if status == "done" else None
    return {"status": status, "done_at": done, "due_at": due, "in_order": status != "done" or draw.random() < 0.9}


def _promise(kind: str, known: datetime, draw: random.Random) -> dict:
    due = known + timedelta(days=draw.randint(1, 40))
    met = due + timedelta(days=draw.randint(-9, 3)) if draw.random() < 0.8 else None
    return {"kind": kind, "text": f"A {kind}", "due_at": due, "met_at": met}


@pytest.fixture
def now() -> datetime:
    """The moment the tests look from."""
    return NOW


@pytest.fixture
def tables():
    """A builder of tables from incidents written by hand."""
    return build


@pytest.fixture(scope="session")
def history() -> Tables:
    """The seeded history of 180 incidents."""
    return seeded()
