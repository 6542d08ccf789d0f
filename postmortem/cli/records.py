"""One incident after the other: `list`, `show`, `history`, `check`, `new`, `edit`, `delete`, `revert`."""

from __future__ import annotations

import tomllib
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

import postmortem as pm
from postmortem.cli import text
from postmortem.cli.command import command
from postmortem.cli.options import as_json, filters, opened, surroundings
from postmortem.cli.printing import counted, cut, moment, paragraph, say, say_json, table, tell, width
from postmortem.record import commitments
from postmortem.record.base import zone
from postmortem.record.edit import changed
from postmortem.record.errors import DataError, PostmortemError, Problem, near
from postmortem.record.finding import ordered
from postmortem.record.moments import day
from postmortem.record.reading import document, incident_from
from postmortem.record.review.linked import among, carries

if TYPE_CHECKING:
    from datetime import datetime

    from postmortem.record import Finding, Incident, Playbook
    from postmortem.record.vocabulary import State
    from postmortem.store import Revision, Store

_ROOMY: Final = 100
_NAME: Final = 20
_TITLE: Final = 60
_BEGIN: Final = "Nothing was saved. Say what is missing, or leave “state” out: it begins as a draft then."
_TEMPLATE: Final = {
    "title": "What went wrong, in one line",
    "summary": "What happened, in two or three sentences",
    "occurred_at": "2026-03-02T17:30:00+01:00",
    "team": "Field service",
    "service": "Line repair",
    "kind": "wrong or missing work",
    "fault": "not yet known",
    "customer": {"name": "", "vip": False},
    "whys": [
        {"id": "w1", "text": "Why did it happen?", "leg": "occurrence"},
        {"id": "w2", "parent": "w1", "text": "And why was that so?"},
    ],
    "causes": [{"id": "c1", "why": "w2", "category": "system"}],
    "actions": [
        {
            "id": "a1",
            "causes": ["c1"],
            "text": "Add a closing list to the job sheet",
            "form": "checklist",
            "owner": "Field lead",
            "due_on": "2026-03-16",
        }
    ],
}


@command("list", "list --severity serious --since 2026-01-01", 'list --text "job sheet" --json')
@filters
@click.option("--deleted", is_flag=True, help="Those that were deleted instead, the last one first.")
@as_json
def list_(*, as_json: bool, deleted: bool, **chosen: Any) -> None:  # noqa: ANN401 - the values of the filters
    """List the incidents, newest first; the filters narrow it down."""
    if deleted:
        if any(chosen.values()):
            raise click.UsageError("--deleted lists all that were deleted: leave the filters out.")
        _list_deleted(as_json=as_json)
        return
    with opened() as store:
        found, all_ = store.list(**chosen), len(store)
        hint = _near_name(store, chosen) if not found else ""
    if as_json:
        say_json([asdict(summary) for summary in found])
        return
    if not found:
        tell(f"None of {counted(all_, 'incident')} fits.{hint}" if all_ else _empty())
        return
    roomy = width() >= _ROOMY
    titles = ["Id", "Day", "Severity", "State", *(["Team"] if roomy else []), "What went wrong"]
    rows = [
        [
            summary.incident_id,
            day(summary.occurred_at) if summary.occurred_at else "-",
            summary.severity or "-",
            summary.state,
            *([cut(summary.team, _NAME) or "-"] if roomy else []),
            summary.title,
        ]
        for summary in found
    ]
    say(table(titles, rows, most=width()))
    tell(f"{len(found):,} of {counted(all_, 'incident')}." if len(found) < all_ else f"{counted(all_, 'incident')}.")


def _list_deleted(*, as_json: bool) -> None:
    with opened() as store:
        found = store.deleted()
    if as_json:
        say_json([asdict(item) for item in found])
        return
    if not found:
        tell("Nothing is deleted.")
        return
    rows = [
        [it.incident_id, day(it.deleted_at), cut(it.by, _NAME) or "nobody said", str(it.revision), it.title]
        for it in found
    ]
    say(table(["Id", "Deleted", "By", "Revision", "What went wrong"], rows, most=width()))
    tell(f"{counted(len(found), 'incident')}. postmortem revert ID --revision N brings one back.")


def _near_name(store: Store, chosen: dict[str, Any]) -> str:
    """Where a team or a service is named that no incident has: what was perhaps meant."""
    for field in ("team", "service"):
        known = {getattr(summary, field) for summary in store.list()} - {""} if chosen[field] else set()
        for name in chosen[field]:
            if name not in known:
                hint = near(name, sorted(known))
                return f" No incident has the {field} {name!r}{f'; did you mean {hint!r}?' if hint else '.'}"
    return ""


def _empty() -> str:
    from postmortem.store.engine import masked, url_of  # noqa: PLC0415 - the database is loaded when asked

    where = masked(url_of(surroundings().store))
    return f"There is no incident yet in {where}: postmortem sample loads some to look at, postmortem lab begins one."


@command("show", "show 2025-005", "show 2025-005 --revision 1 --json")
@click.argument("incident_id", metavar="ID")
@click.option("--revision", type=click.IntRange(min=1), metavar="N", help="As it stood in this revision.")
@as_json
def show(*, incident_id: str, revision: int | None, as_json: bool) -> None:
    """Show one incident: facts, whys, causes, actions."""
    with opened() as store:
        incident, playbook = store.load(incident_id, revision=revision), store.playbook
    if as_json:
        say_json(document(commitments.public(incident, surroundings().author)))
        return
    say(text.record(incident, playbook))


@command("history", "history 2025-005", "history 2025-005 --changes", "history 2025-005 --revision 1")
@click.argument("incident_id", metavar="ID")
@click.option("--changes", "changes", is_flag=True, help="With what each revision changed.")
@click.option("--revision", type=click.IntRange(min=1), metavar="N", help="What this one revision changed.")
@as_json
def history(*, incident_id: str, changes: bool, revision: int | None, as_json: bool) -> None:
    """Show who saved an incident, when, and what was changed.

    One line a revision. Of what was changed, + was added, - was taken out, ~ is said in other words with [-the old-]
    and {+the new+}, and > stands elsewhere.
    """
    with opened() as store:
        revisions = store.history(incident_id)
        if revision is not None:
            store.load(incident_id, revision=revision)  # says which there are, where there is no such
    last = revisions[-1].incident
    here = zone(last.zone)
    told = [it for it in revisions if revision in {None, it.number}]
    wanted = changes or revision is not None
    if as_json:
        say_json([_revision(it, last, changes=wanted) for it in told])
        return
    rows = [[str(it.number), moment(it.at, here), it.by or "nobody said", it.done, it.note] for it in told]
    lines = table(["Revision", "Saved", "By", "Was", "Note"], rows, most=width()).splitlines()
    say(lines[0])
    for it, line in zip(told, lines[1:], strict=True):
        say(line)
        if wanted:
            say(text.changes(it.changes_for(surroundings().author, last)) or "  nothing was changed")


def _revision(revision: Revision, last: Incident, *, changes: bool) -> dict[str, Any]:
    told = {name: getattr(revision, name) for name in ("number", "at", "by", "note", "deed")}
    if not changes:
        return told
    return told | {"changes": [change.as_dict() for change in revision.changes_for(surroundings().author, last)]}


@command("check", "check 2026-001 2026-002", "check 2026-001 --for closed", "check --json")
@click.argument("ids", nargs=-1, metavar="[ID]...")
@click.option("--for", "to", type=click.Choice(pm.gates.WAY[1:]), help="Only what is missing before it may be that.")
@as_json
def check(*, ids: tuple[str, ...], to: State | None, as_json: bool) -> None:
    """Say what a careful reader would ask.

    Looks at the incidents named, or at all.

    An error is a fact that a record lacks for the state in which it stands, or something that can't be so: it can't be
    closed with it. A warning wants a look; a hint is a thought and never in the way. The exit code is 1 when an error
    stands.

    With --for, only the facts that are missing on the way to that state: --for closed lists what closing asks for.
    """
    now = surroundings().instant
    tied: list[Incident] = []
    with opened() as store:
        looked_at = []
        for incident in store.incidents(ids or None):
            looked_at.append((incident.id, incident.title, _asked_of(incident, store.playbook, now, to)))
            tied += [incident] if incident.links or carries(incident) else []
        known = frozenset(it.incident_id for it in store.list()) if any(map(carries, tied)) else frozenset()
    beside = among(tied, known) if to is None else {}
    looked_at = [
        (identifier, title, ordered((*findings, *beside[identifier])) if beside.get(identifier) else findings)
        for identifier, title, findings in looked_at
    ]
    found = [finding for _, _, findings in looked_at for finding in findings]
    if as_json:
        say_json([finding.as_dict(identifier) for identifier, _, findings in looked_at for finding in findings])
    elif not looked_at:
        tell(_empty())
    else:
        for identifier, title, findings in looked_at:
            if findings:
                say(text.findings(identifier, title, findings))
                say()
        tell(f"{counted(len(looked_at), 'incident')} looked at: {_levels(found)}.")
    click.get_current_context().exit(1 if any(finding.level == "error" for finding in found) else 0)


def _asked_of(incident: Incident, playbook: Playbook, now: datetime, to: State | None) -> tuple[Finding, ...]:
    return pm.review(incident, playbook, now) if to is None else pm.gates.missing(incident, playbook, now, to)


def _levels(found: list[Finding]) -> str:
    counts = {level: sum(finding.level == level for finding in found) for level in ("error", "warning", "hint")}
    return ", ".join(counted(count, level) for level, count in counts.items() if count) or "nothing to ask"


@command("new", "new > late.json", "new late.json --by Ana")
@click.argument("file", type=click.Path(path_type=Path), metavar="[FILE]", required=False)
@as_json
def new(*, file: Path | None, as_json: bool) -> None:
    """Take in one new incident from a JSON or TOML file.

    Without FILE, one to begin with is printed: write it to a file, change it, and come back with it.

    Only the title is needed. Everything else may be left out, or filled in later in the notebook. One that says how far
    it is passes the gates of that state; what comes from another system, and is closed there, goes in by "import".
    """
    if file is None:
        say_json(_TEMPLATE)
        return
    incident = _from_file(file)
    if incident.revision:
        told = f"it was taken out of a store, as revision {incident.revision} of {incident.id!r}"
        raise DataError(file.name, [Problem("revision", told, "use postmortem edit or postmortem import")])
    with opened() as store:
        try:
            incident = pm.states.begun(incident, store.playbook, surroundings().instant)
        except pm.states.GateError as error:
            tell(str(error))
            raise PostmortemError(_BEGIN) from None
        saved = store.save(incident, by=surroundings().author, note=f"from {file.name}")
    _print_saved(saved, as_json=as_json)


@command("edit", "show 2026-001 --json > it.json", "edit 2026-001 it.json --by Ana")
@click.argument("incident_id", metavar="ID")
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
@as_json
def edit(*, incident_id: str, file: Path, as_json: bool) -> None:
    """Save a file as the next revision of an incident.

    FILE is JSON or TOML. Take it from "show ID --json": it names the revision it was made from. What somebody else
    saved in between stands too; where both changed the same field, nothing is written and you are told.
    """
    given = _from_file(file)
    if given.id and given.id != incident_id:
        raise DataError(
            file.name, [Problem("id", f"expected {incident_id!r}, found {given.id!r}", "name the right one")]
        )
    with opened() as store:
        standing = store.load(incident_id)
        wanted = changed(given, id=incident_id, revision=given.revision or standing.revision)
        # What others keep to themselves was not in the file, and is not taken out by it.
        wanted = commitments.with_hidden(wanted, standing, surroundings().author)
        # An effect that is said not to have held opens a closed record again, whichever way it is said.
        wanted = pm.states.followed(standing, wanted)
        wanted = pm.states.held(standing, wanted, store.playbook, surroundings().instant)
        saved = store.save(wanted, by=surroundings().author, note=f"from {file.name}")
    _print_saved(saved, as_json=as_json, before=standing.revision)


@command("delete", "delete 2026-001", 'delete 2026-001 --note "told twice" --yes')
@click.argument("incident_id", metavar="ID")
@click.option("--note", default="", metavar="TEXT", help="Why.")
@click.option("--yes", is_flag=True, help="Don't ask.")
def delete(*, incident_id: str, note: str, yes: bool) -> None:
    """Take an incident out of lists, tables and reports.

    Every revision is kept, and postmortem revert brings it back. To take a person's words out for good, as privacy law
    asks for, there is postmortem erase.
    """
    with opened() as store:
        standing = store.load(incident_id)
        asked = f"Delete {standing.id}, {cut(standing.title, _TITLE)}? Its history is kept"
        if not yes and not click.confirm(asked, err=True):
            tell("Nothing was deleted.")
            click.get_current_context().exit(1)
        gone = store.delete(incident_id, by=surroundings().author, note=note)
    tell(f"{gone.id} is deleted. postmortem revert {gone.id} --revision {gone.revision} brings it back.")


@command("revert", "revert 2026-001 --revision 1", 'revert 2026-001 --revision 1 --note "the times were right"')
@click.argument("incident_id", metavar="ID")
@click.option("--revision", type=click.IntRange(min=1), metavar="N", required=True, help="As it stood in this one.")
@click.option("--note", default="", metavar="TEXT", help="Why.")
@as_json
def revert(*, incident_id: str, revision: int, note: str, as_json: bool) -> None:
    """Let an incident stand again as it stood in one revision.

    Also where it was deleted. What stands now is kept as a revision. A later state does not come back with it: it asks
    its gates, as "check ID --for closed" lists them.
    """
    with opened() as store:
        saved = store.revert(incident_id, revision, by=surroundings().author, note=note)
        earlier = store.load(incident_id, revision=revision)
    _print_saved(saved, as_json=as_json)
    if told := pm.states.stays(saved, earlier.state):
        tell(told)


def _from_file(file: Path) -> Incident:
    if file.suffix.lower() not in {".json", ".toml"}:
        found = f"can't read {file.suffix!r}" if file.suffix else "the file has no suffix"
        raise DataError(file.name, [Problem("", found, "expected a .json or .toml file")])
    try:
        content = file.read_bytes()
        if file.suffix.lower() == ".json":
            return incident_from(content, file.name)
        return incident_from(tomllib.loads(content.decode("utf-8-sig")), file.name)
    except OSError as error:
        raise DataError(file.name, [Problem("", f"can't be read: {error.strerror}", "check the path")]) from None
    except UnicodeDecodeError:
        raise DataError(file.name, [Problem("", "not UTF-8 text", "save the file as UTF-8")]) from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise DataError(file.name, [Problem("", f"not TOML: {error}", "mend it there")]) from None


def _print_saved(saved: Incident, *, as_json: bool, before: int = 0) -> None:
    if as_json:
        say_json(document(commitments.public(saved, surroundings().author)))
        return
    told = f"unchanged, it stands so as revision {before}" if saved.revision == before else ""
    say(paragraph(f"{saved.id} {told or f'saved as revision {saved.revision}'}: {saved.title}", then="  "))


COMMANDS: Final = (list_, show, history, check, new, edit, delete, revert)
