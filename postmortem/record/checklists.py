"""A list for a kind of job (R37): made from an action or by hand, changed by versions, ticked once a job."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from postmortem.record import actions, days
from postmortem.record.edit import changed, forget, made, next_id, retired
from postmortem.record.errors import DataError, Problem, UnknownNodeError, near
from postmortem.record.incident import Checklist, ChecklistRun, ChecklistVersion

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from postmortem.record.incident import Action, Incident

_LONGEST_NAME: Final = 60


def find(incident: Incident, name: str) -> Checklist:
    """The checklist of an id.

    Raises:
        UnknownNodeError: If there is none; a near id is offered.
    """
    for candidate in incident.checklists:
        if candidate.id == name:
            return candidate
    raise UnknownNodeError("checklist", name, [candidate.id for candidate in incident.checklists])


def points_of(items: Iterable[str]) -> tuple[str, ...]:
    """The points that say something, without spaces around them.

    Examples:
        >>> points_of(["All lines ring ", ""])
        ('All lines ring',)
    """
    return tuple(said for item in items if (said := item.strip()))


def points(checklist: Checklist, version: int | None = None) -> tuple[str, ...]:
    """The points of one version; of the one in force where none is named.

    Raises:
        DataError: If the list has no such version.
    """
    if version in {None, checklist.version}:
        return points_of(checklist.items)
    for old in checklist.earlier:
        if old.version == version:
            return points_of(old.items)
    known = ", ".join(str(number) for number in (*(old.version for old in checklist.earlier), checklist.version))
    raise DataError(
        f"checklist {checklist.id}", [Problem("version", f"there is no version {version}", f"there are: {known}")]
    )


def in_force_since(checklist: Checklist, version: int | None = None) -> date | None:
    """The first day of a version, of the one in force where none is named; `None` where nobody kept it."""
    number = checklist.version if version is None else version
    before = [old for old in checklist.earlier if old.version < number]
    return before[-1].until_on if before else checklist.published_on


def version_on(checklist: Checklist, day: date) -> int:
    """The newest version that there was on a day; the first one on a day before all."""
    versions = [old.version for old in checklist.earlier] + [checklist.version]
    there = [it for it in versions if (since := in_force_since(checklist, it)) is None or since <= day]
    return max(there, default=versions[0])


def run_name(checklist: Checklist, run: ChecklistRun) -> str:
    """What a use is called by: its id, or in an older file its place in the list, as `#2`."""
    return run.id or f"#{checklist.runs.index(run) + 1}"


def named(action: Action) -> str:
    """The name that is proposed for a list made from an action: its words, without the full stop, not too long.

    Examples:
        >>> from postmortem.record.incident import Action
        >>> named(Action(id="a1", text="Print a closing section on the job sheet."))
        'Print a closing section on the job sheet'
    """
    text = " ".join(action.text.split()).rstrip(".")
    if len(text) <= _LONGEST_NAME:
        return text or "New checklist"
    return f"{text[:_LONGEST_NAME].rsplit(' ', 1)[0].rstrip(',;:')}…"


# -- making and changing ----------------------------------------------------------------------------------------------


def publish(
    incident: Incident,
    name: str = "",
    items: Iterable[str] = (),
    *,
    job: str = "",
    by: str = "",
    action: str | None = None,
    on: date | None = None,
) -> Incident:
    """Add a checklist; where an action is named, it is the one that publishes it.

    Args:
        incident: The record; it stays as it is.
        name: What the list is called; proposed from the action where nothing is said.
        items: Its points, in order.
        job: The kind of job it is for.
        by: Who keeps it, as a role; the action's owner where nothing is said.
        action: The id of the action that it came from.
        on: The day of publishing.

    Raises:
        UnknownNodeError: If there is no such action.
        DataError: If the action has a list already.

    Examples:
        >>> from postmortem.record.incident import Incident
        >>> planned = actions.plan(Incident(title="Line dead"), "Print a closing list.", form="checklist")
        >>> told = publish(planned, items=["All lines ring"], action="a1")
        >>> told.checklists[0].name, told.actions[0].checklist
        ('Print a closing list', 'l1')
    """
    new = next_id("l", incident.checklists, incident.gone)
    if action is not None:
        found = actions.find(incident, action)
        if any(sheet.id == found.checklist for sheet in incident.checklists):
            problem = Problem("checklist", f"{action} has the list {found.checklist!r} already", "change that one")
            raise DataError(f"action {action}", [problem])
        name, by = name or named(found), by or found.owner
        incident = actions.amend(incident, action, checklist=new)
    sheet = made(Checklist, id=new, name=name, items=tuple(items), job=job, by=by, published_on=on)
    return changed(incident, checklists=(*incident.checklists, sheet))


def revise(incident: Incident, name: str, items: Iterable[str], *, on: date | None = None) -> Incident:
    """Give a checklist other points. How it read before is kept as soon as it was used so.

    A change of nothing makes no version, nor does a point without words. What nobody has used yet is changed as it
    stands; so is a new version that nobody has used, and taking its change back takes the version back too.

    Args:
        incident: The record; it stays as it is.
        name: The id of the list.
        items: All points, in order.
        on: The day of the change, which is the last one of the version before.

    Raises:
        UnknownNodeError: If there is no such list.

    Examples:
        >>> from datetime import date
        >>> from postmortem.record.incident import Incident
        >>> day = date(2026, 3, 2)
        >>> told = publish(Incident(title="Line dead"), "Before you leave", ["All lines ring"])
        >>> used = tick(told, "l1", ["All lines ring"], on=day)
        >>> [revise(it, "l1", ["Ring"], on=day).checklists[0].version for it in (told, used)]
        [1, 2]
    """
    sheet, new = find(incident, name), tuple(items)
    if new == sheet.items:
        return incident
    same = points_of(new) == points_of(sheet.items)
    used = any(run.version >= sheet.version for run in sheet.runs)
    if used and not same:
        before = ChecklistVersion(version=sheet.version, items=points_of(sheet.items), until_on=on)
        after = changed(sheet, items=new, version=sheet.version + 1, earlier=(*sheet.earlier, before))
    elif not used and sheet.earlier and points_of(new) == points_of(sheet.earlier[-1].items):
        last = sheet.earlier[-1]
        after = changed(sheet, items=new, version=last.version, earlier=sheet.earlier[:-1])
    else:
        after = changed(sheet, items=new)
    return _with(incident, sheet, after)


def rename(incident: Incident, name: str, to: str) -> Incident:
    """Call a checklist otherwise; it stays the same list, of the same version.

    Raises:
        UnknownNodeError: If there is no such list.
        DataError: If there is no word in the new name.
    """
    sheet = find(incident, name)
    if not to.strip():
        raise DataError(f"checklist {name}", [Problem("name", "expected a name", "such as 'Before you leave'")])
    return _with(incident, sheet, changed(sheet, name=to.strip()))


def drop(incident: Incident, name: str) -> Incident:
    """Take a checklist out, with every use of it; the action that published it stays.

    Raises:
        UnknownNodeError: If there is no such list.
    """
    sheet = find(incident, name)
    left = tuple(item for item in incident.checklists if item is not sheet)
    deeds = tuple(changed(item, checklist="") if item.checklist == name else item for item in incident.actions)
    caught = tuple(item for item in incident.should_have_caught if item != key(incident, name))
    without = changed(forget(incident, f"checklists.{name}"), checklists=left, actions=deeds, should_have_caught=caught)
    return retired(without, name, *(run.id for run in sheet.runs if run.id))


def _with(incident: Incident, old: Checklist, new: Checklist) -> Incident:
    return changed(incident, checklists=tuple(new if item is old else item for item in incident.checklists))


# -- using it ---------------------------------------------------------------------------------------------------------


def tick(
    incident: Incident,
    name: str,
    ticked: Iterable[str],
    *,
    on: date | None = None,
    by: str = "",
    job: str = "",
    note: str = "",
    version: int | None = None,
    now: datetime | None = None,
    run: str = "",
) -> Incident:
    """Keep one use of a checklist on one job.

    Args:
        incident: The record; it stays as it is.
        name: The id of the list.
        ticked: The points that were ticked, as the list says them; capitals and spaces around them do not count.
        on: The day of the job; that of `now` where nothing is said.
        by: Who ticked.
        job: Which job.
        note: What there is to say of it.
        version: Which version was used, as printed on its page; the newest of that day where nothing is said.
        now: The moment of the telling, where it is known: a use after its day, where the record is, is refused.
        run: The id of the use. Two people's equal uses stay two where each gives one that nobody else has.

    Raises:
        UnknownNodeError: If there is no such list.
        DataError: If a point is not in the list, or the day will not do; with all problems at once.

    Examples:
        >>> from datetime import date
        >>> from postmortem.record.incident import Incident
        >>> told = publish(Incident(title="Line dead"), "Before you leave", ["All lines ring", "Customer heard it"])
        >>> tick(told, "l1", ["all lines ring"], on=date(2026, 3, 2), by="Crew 1").checklists[0].runs[0].ticked
        ('All lines ring',)
    """
    sheet = find(incident, name)
    today = None if now is None else days.of(now, incident.zone)
    day = on or today
    if day is None:
        raise DataError(f"checklist {name}", [Problem("on", "missing", "say on which day it was")])
    used = version_on(sheet, day) if version is None else version
    there = {point.casefold(): point for point in points(sheet, used)}
    told = [point.strip() for point in ticked]
    problems = []
    for number, point in enumerate(told, start=1):
        if point.casefold() not in there:
            problems.append(
                Problem(f"ticked {number}", f"the list has no point {point!r}", meant(point, there.values()))
            )
    if today is not None and day > today:
        problems.append(Problem("on", f"{day} is not yet", f"give a day up to {today}"))
    elif problem := untimely(sheet, day, used):
        problems.append(problem)
    if problems:
        raise DataError(f"checklist {name}", problems)
    chosen = {point.casefold() for point in told}
    kept = tuple(point for word, point in there.items() if word in chosen)
    runs = [item for other in incident.checklists for item in other.runs]
    new = made(
        ChecklistRun,
        id=run or next_id("r", tuple(runs), incident.gone),
        on=day,
        by=by.strip(),
        job=job.strip(),
        version=used,
        ticked=kept,
        note=note.strip(),
    )
    return _with(incident, sheet, changed(sheet, runs=(*sheet.runs, new)))


def meant(point: str, there: Iterable[str]) -> str:
    """What to do about a point that a list has not: the near one, else those there are.

    Examples:
        >>> meant("All lines sing", ["All lines ring"])
        "did you mean 'All lines ring'?"
    """
    known = list(there)
    hint = near(point, known)
    return f"did you mean {hint!r}?" if hint else f"there are: {'; '.join(known) or 'none yet'}"


def untimely(sheet: Checklist, on: date, version: int) -> Problem | None:
    """What is wrong with a use of one version on a day: there was no list yet, or not that version of it."""
    if sheet.published_on is not None and on < sheet.published_on:
        return Problem("on", f"{on} is before the list was published", f"give a day from {sheet.published_on} on")
    since = in_force_since(sheet, version)
    if since is None or on >= since:
        return None
    remedy = f"give a day from {since} on, or the version of that day, {version_on(sheet, on)}"
    return Problem("on", f"{on} is before there was version {version}", remedy)


def drop_run(incident: Incident, name: str, run: str) -> Incident:
    """Take one use out, as when it was ticked for the wrong job.

    Args:
        incident: The record; it stays as it is.
        name: The id of the list.
        run: The id of the use; one of an older file goes by its place, as `#2`.

    Raises:
        UnknownNodeError: If there is no such list or use.
    """
    sheet = find(incident, name)
    names = [run_name(sheet, item) for item in sheet.runs]
    if run not in names:
        raise UnknownNodeError("use", run, names)
    at = names.index(run)
    left = tuple(item for place, item in enumerate(sheet.runs) if place != at)
    without = _with(incident, sheet, changed(sheet, runs=left))
    return retired(without, sheet.runs[at].id) if sheet.runs[at].id else without


# -- what it should have caught ---------------------------------------------------------------------------------------


def key(incident: Incident, name: str) -> str:
    """What a list is called outside its record: `2026-001/l1`."""
    return f"{incident.id}/{name}"


def missed(incident: Incident, name: str, known: Iterable[str] | None = None) -> Incident:
    """Say that a list should have caught this incident; one that stands there already stays once.

    Args:
        incident: The record; it stays as it is.
        name: The record of the list and its id there, as `2026-001/l1`.
        known: Every list there is, where the store is at hand; one that is none of them is refused.

    Raises:
        DataError: If it is no such name, or there is no such list; a near one is offered.

    Examples:
        >>> from postmortem.record.incident import Incident
        >>> missed(Incident(title="Line dead"), "2026-001/l1").should_have_caught
        ('2026-001/l1',)
    """
    if problem := no_list(incident, name, known):
        raise DataError(f"incident {incident.id}".strip(), [problem])
    if name in incident.should_have_caught:
        return incident
    return changed(incident, should_have_caught=(*incident.should_have_caught, name))


def no_list(incident: Incident, name: str, known: Iterable[str] | None = None) -> Problem | None:
    """What is wrong with a name of a list that should have caught an incident, as far as it can be told from here.

    Args:
        incident: The record, whose own lists are known.
        name: The record of the list and its id there, as `2026-001/l1`.
        known: Every list there is, where the store is at hand.
    """
    record, _, own = name.partition("/")
    mine = [key(incident, sheet.id) for sheet in incident.checklists]
    lists = [*mine, *(known or ())]
    if not (record and own):
        found = next((item for item in lists if item.partition("/")[2] == name), "") or near(name, lists)
        remedy = f"did you mean {found!r}?" if found else "name the record too, as '2026-001/l1'"
        return Problem("should_have_caught", f"{name!r} names no list of a record", remedy)
    if (record == incident.id or known is not None) and name not in lists:
        hint = near(name, lists)
        remedy = f"did you mean {hint!r}?" if hint else "postmortem checklist list shows all"
        return Problem("should_have_caught", f"there is no checklist {name!r}", remedy)
    return None


def not_missed(incident: Incident, name: str) -> Incident:
    """Take back that a list should have caught this incident.

    Raises:
        UnknownNodeError: If nobody had said so.
    """
    if name not in incident.should_have_caught:
        raise UnknownNodeError("list that should have caught it", name, incident.should_have_caught)
    return changed(incident, should_have_caught=tuple(item for item in incident.should_have_caught if item != name))


def missed_since(checklist: Checklist, happened: Iterable[date]) -> int:
    """How many of these incidents, by the day they happened, the version in force should have caught."""
    since = in_force_since(checklist)
    return sum(since is None or day >= since for day in happened)
