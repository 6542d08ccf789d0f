"""The ladder of strength (R34): which form of action stands on which rung, and what would be one rung stronger.

References:
    VA National Center for Patient Safety, RCA2: action hierarchy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from postmortem.record.actions import amend, find
from postmortem.record.edit import changed
from postmortem.record.incident import Kept
from postmortem.record.phrases import words_of
from postmortem.record.vocabulary import STRENGTHS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from postmortem.record.incident import Action, Incident
    from postmortem.record.playbook import Playbook
    from postmortem.record.vocabulary import Strength

RULE: Final = "R34"
_SMALL: Final = 4
"""How long a word is at most that says nothing of what it is about."""
ALL: Final = "actions"
"""Where the finding stands that all actions of a serious incident are weaker ones."""


def forms_of(playbook: Playbook, rung: Strength) -> tuple[str, ...]:
    """The forms that mend something and stand on a rung, by name, in the playbook's order.

    Examples:
        >>> from postmortem.record.playbook import default_playbook
        >>> forms_of(default_playbook(), "intermediate")[:2]
        ('checklist', 'read-back')
    """
    return tuple(name for name, form in playbook.forms.items() if form.strength == rung and not form.investigation)


def above(playbook: Playbook, form: str) -> Strength | None:
    """The rung above a form's, for which the playbook has a form; `None` on the highest one.

    An action without a form is taken for a weaker one: that is what a first wish mostly is.

    Examples:
        >>> from postmortem.record.playbook import default_playbook
        >>> above(default_playbook(), "remind"), above(default_playbook(), "automate")
        ('intermediate', None)
    """
    known = playbook.forms.get(form)
    here = STRENGTHS.index(known.strength) if known else len(STRENGTHS) - 1
    return next((rung for rung in reversed(STRENGTHS[:here]) if forms_of(playbook, rung)), None)


def stronger(incident: Incident, action: Action, playbook: Playbook) -> tuple[str, ...]:
    """The forms one rung above an action's, the one first whose example has most words in common with what is at hand.

    At hand are the words of the action and of the roots it answers. Where nothing is in common the playbook's order
    stands.
    """
    rung = above(playbook, action.form)
    if rung is None:
        return ()
    roots = {cause.why for cause in incident.causes if cause.id in action.causes}
    said = " ".join([action.text, *(why.text for why in incident.whys if why.id in roots)])
    told = {word for word in words_of(said) if len(word) > _SMALL}
    forms = forms_of(playbook, rung)

    def common(name: str) -> int:
        return len(told & words_of(f"{playbook.forms[name].label} {playbook.forms[name].example}"))

    return tuple(sorted(forms, key=lambda name: (-common(name), forms.index(name))))


def use(incident: Incident, action: str, form: str, *, text: str | None = None) -> Incident:
    """Let an action take a form, and with it other words where some are given.

    That the old form was to stay, with its reason, is said of the old form: it is taken back.

    Raises:
        UnknownNodeError: If there is no such action.
    """
    words = {} if text is None else {"text": text}
    return not_now(amend(incident, action, form=form, **words), f"actions.{action}", "", by="")


def not_now(incident: Incident, where: str, reason: str, *, by: str) -> Incident:
    """Say why nothing stronger is done now: of one action, or of all of them together (R34).

    It is kept as a finding that was put away, with the reason and the name. An empty reason takes it back.

    Args:
        incident: The record; it stays as it is.
        where: `actions.a2` for one action, `actions` for all.
        reason: The reason, in one's own words.
        by: Who says so.

    Raises:
        UnknownNodeError: If there is no such action.

    Examples:
        >>> from postmortem.record.actions import plan
        >>> from postmortem.record.incident import Incident
        >>> planned = plan(Incident(title="Late"), "Remind the crews", form="remind")
        >>> said(not_now(planned, "actions.a1", "The app comes in May", by="Field lead"), "actions.a1").reason
        'The app comes in May'
    """
    if where != ALL:
        find(incident, where.removeprefix(f"{ALL}."))
    old = said(incident, where)
    if reason == (old.reason if old else ""):
        return incident
    others = tuple(kept for kept in incident.kept if kept is not old)
    own = (Kept(rule=RULE, where=where, reason=reason, by=by),) if reason else ()
    return changed(incident, kept=(*others, *own))


def said(incident: Incident, where: str) -> Kept | None:
    """What was said of why nothing stronger is done now, and by whom; `None` where nobody said anything."""
    return next((kept for kept in incident.kept if (kept.rule, kept.where) == (RULE, where)), None)


def tally(incident: Incident, playbook: Playbook) -> Mapping[str, int]:
    """How many actions stand on each rung; `investigation` and `open` (no form yet) are counted apart.

    Examples:
        >>> from postmortem.record.actions import plan
        >>> from postmortem.record.incident import Incident
        >>> from postmortem.record.playbook import default_playbook
        >>> tally(plan(Incident(title="Late"), "Test it by machine", form="automate"), default_playbook())
        {'stronger': 1, 'intermediate': 0, 'weaker': 0, 'investigation': 0, 'open': 0}
    """
    counted = dict.fromkeys((*STRENGTHS, "investigation", "open"), 0)
    for action in incident.actions:
        form = playbook.forms.get(action.form)
        counted["open" if form is None else "investigation" if form.investigation else form.strength] += 1
    return counted
