"""Two stories, told moment by moment as they would be typed: what was done, and how the record stands after it.

The switch that was left unplugged is a minor one; the heating that could have leaked is critical, the customer is a
VIP, and no manager is there at first. Nothing here is computed: what ought to be seen at each moment is written by
hand in the tests, from the playbook.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any

from postmortem.record import (
    actions,
    causes,
    checklists,
    compensation,
    escalation,
    recovery,
    saying,
    signatures,
    states,
    talks,
    whys,
)
from postmortem.record.base import zone
from postmortem.record.edit import put
from postmortem.record.incident import Incident
from postmortem.record.playbook import default_playbook

if TYPE_CHECKING:
    from collections.abc import Callable

PLAYBOOK = default_playbook()
ZONE = "Europe/Berlin"


@dataclass(frozen=True)
class Moment:
    """How the record stands at a time."""

    now: datetime
    record: Incident


class Story:
    """A record on its way: each deed at its time, and a name for the moments one wants to look at."""

    def __init__(self, **fields: Any) -> None:
        self.record = Incident.model_validate({"zone": ZONE, "currency": "EUR", **fields})
        self.now = datetime.min.replace(tzinfo=zone(ZONE))
        self.moments: dict[str, Moment] = {}

    def at(self, clock: str) -> Story:
        """Let the clock on the wall in Berlin stand at a time."""
        self.now = datetime.fromisoformat(clock).replace(tzinfo=zone(ZONE))
        return self

    def change(self, edit: Callable[..., Incident], *args: Any, **more: Any) -> Story:
        """Change the record, as code does and as the panel does."""
        self.record = edit(self.record, *args, **more)
        return self

    def write(self, **fields: Any) -> Story:
        """Write in fields; two underscores stand for a dot."""
        for name, value in fields.items():
            self.change(put, name.replace("__", "."), value)
        return self

    def move_on(self) -> Story:
        """Let it stand in the next state; what is missing for that would be refused."""
        return self.change(states.advance, PLAYBOOK, self.now)

    def do(self, step: str, **more: Any) -> Story:
        """Do a step with the customer now."""
        return self.change(recovery.do, step, PLAYBOOK, at=self.now, **more)

    def look(self, name: str) -> Story:
        """Give this moment a name."""
        self.moments[name] = Moment(self.now, self.record)
        return self


@cache
def switch() -> dict[str, Moment]:
    """A technician leaves the main switch of a house unplugged; phone and internet are off until the evening."""
    it = Story(title="Phone and internet off after a line repair", id="S", team="Line service", service="Phone line")
    it.at("2026-03-03 15:21").write(
        occurred_at=datetime.fromisoformat("2026-03-03T09:30+01:00"),
        raised_at=datetime.fromisoformat("2026-03-03T15:20+01:00"),
        known_at=datetime.fromisoformat("2026-03-03T15:20+01:00"),
        found_by="them",
        kind="wrong or missing work",
        customer={"name": "Household Abendroth", "contact": "+49 30 5550 0100"},
    ).look("the customer rings")
    it.at("2026-03-03 15:24").write(
        fault="ours",
        owner="Service desk",
        impact__expected="Phone and internet work again after the repair",
        impact__happened="Phone and internet were off from half past nine until the evening",
    ).move_on().look("the desk takes it on")
    it.at("2026-03-03 15:26").write(
        impact__harm="none",
        impact__potential_harm="none",
        impact__customers=1,
        impact__customer_min=40,
        impact__customer_cost=Decimal(0),
        impact__our_cost=Decimal(60),
        impact__reputation="grumbling",
        impact__trust="will stay",
    ).look("the questions are answered")
    it.at("2026-03-03 15:28").write(recovery__colleagues_told="yes", recovery__channel="e-mail").look(
        "e-mail is chosen"
    )
    it.write(
        recovery__channel="phone",
        recovery__wording="We left your main switch unplugged after the repair. Your phone and internet were off. "
        "That was our mistake, and I am sorry.",
    )
    it.at("2026-03-03 15:30").do("explain-mistake", by="Service desk", channel="phone")
    it.at("2026-03-03 15:31").do("apologise", by="Service desk", channel="phone")
    it.at("2026-03-03 15:32").do("assure", by="Service desk", channel="phone")
    it.change(talks.keep, "explain-mistake").look("they were told")
    it.at("2026-03-03 16:19").look("an hour is not over")
    it.at("2026-03-03 16:25").look("it takes longer than an hour")
    it.do("offer-follow-up", by="Service desk", channel="phone")
    it.at("2026-03-03 17:10").do("fix", by="Technician").look("the line works")
    it.at("2026-03-03 17:15").do("explain-why", by="Service desk", channel="phone")
    it.at("2026-03-03 17:16").do("explain-not-again", by="Service desk", channel="phone")
    it.at("2026-03-03 17:17").do("apologise-again", by="Service desk", channel="phone")
    it.change(compensation.goodwill, "a small thank-you", Decimal(10))
    it.at("2026-03-03 17:18").change(compensation.offer, "k1", Decimal(10), it.now).do("offer", by="Service desk")
    it.look("something small is offered")
    it.at("2026-03-03 17:19").change(compensation.answer, "k1", "accepted", it.now).look("they take it")
    it.at("2026-03-03 17:20").do("make-sure", by="Technician").do("contact", by="Service desk")
    it.do("thank", by="Service desk")
    it.at("2026-03-04 10:00").change(compensation.carry_out, "k1", it.now).do("carry-out", by="Service desk")
    it.write(recovery__resolve__result="full").look("it is carried out")
    it.at("2026-03-05 09:00").move_on()
    it.change(whys.answer, None, "The main switch was left unplugged").change(
        whys.answer, "w1", "The tester takes the only socket, so the switch comes out for the test"
    )
    it.change(whys.answer, "w2", "The job sheet ends before the clearing of the site")
    it.change(whys.mark, "w3", "confirmed").change(whys.add_evidence, "w3", "record", "Job sheet of 3 March")
    it.change(whys.stop_test, "w3", can_act="yes", would_have_helped="yes").change(causes.mark_root, "w3")
    it.look("one leg of whys")
    it.change(causes.classify, "c1", "system", reason="The sheet does not ask for it")
    it.change(
        actions.plan,
        "Put a closing point “switch plugged in, dial tone heard” on the job sheet",
        causes=("c1",),
        form="checklist",
        owner="Field lead",
        due_on=date(2026, 3, 9),
        done_when="The new sheet is in every van",
        could_break="Jobs take a minute longer",
        effect={"measure": "Calls within a day of a repair", "expected": "0", "check_on": date(2026, 5, 11)},
    ).move_on()
    it.change(
        checklists.publish,
        "Before you leave a house",
        ("Switch plugged in", "Dial tone heard", "The customer has tried the internet"),
        job="Line repair",
        action="a1",
        on=date(2026, 3, 5),
    ).look("one action")
    it.at("2026-03-08 09:00").look("the fifth day")
    it.at("2026-03-09 00:01").look("the fifth day went by without a call")
    it.at("2026-03-08 11:00").write(recovery__wording="I am sorry once more. Does everything work?")
    it.change(saying.say, ["follow-up"], PLAYBOOK, at=it.now, by="Service desk", channel="phone")
    it.look("the follow-up is done")
    it.at("2026-03-09 16:00").change(actions.complete, "a1", date(2026, 3, 9)).look("the action is done")
    it.at("2026-03-10 09:00").move_on().look("closed")
    it.at("2026-05-12 09:00").look("the effect was to be looked at")
    return it.moments


@cache
def heating() -> dict[str, Moment]:
    """A burner's seal was not refitted after the yearly service: the flue gas could have come into the house."""
    it = Story(title="Burner seal not refitted after the yearly service", id="H", team="Heating", service="Heating")
    it.at("2026-03-25 10:03").write(
        occurred_at=datetime.fromisoformat("2026-03-24T16:00+01:00"),
        known_at=datetime.fromisoformat("2026-03-25T10:00+01:00"),
        found_by="us",
        kind="wrong or missing work",
        fault="ours",
        owner="Heating desk",
        customer={"name": "Haus Wendelin", "contact": "+49 30 5550 0200", "vip": True},
        impact__expected="A boiler that is safe after its service",
        impact__happened="The burner ran for a night without its seal",
        impact__harm="none",
    ).move_on().look("nobody was harmed")
    it.at("2026-03-25 10:05").write(impact__potential_harm="life-threatening").look("somebody could have been")
    it.at("2026-03-25 10:06").write(recovery__colleagues_told="yes", recovery__channel="phone")
    it.write(
        recovery__wording="We did not refit the seal of your burner at the service yesterday. Please switch the boiler "
        "off and open the windows. That was our mistake, and I am sorry.",
    )
    it.at("2026-03-25 10:08").do("explain-mistake", by="Heating desk", channel="phone")
    it.at("2026-03-25 10:09").do("apologise", by="Heating desk", channel="phone")
    it.at("2026-03-25 10:10").do("assure", by="Heating desk", channel="phone")
    it.change(talks.keep, "explain-mistake").look("they are told")
    it.at("2026-03-25 10:12").change(escalation.no_manager, PLAYBOOK, it.now)
    it.write(recovery__escalation__note="No manager in reach; the desk goes on.").look("no manager is there")
    it.at("2026-03-25 10:40").write(raised_at=it.now).look("they ring with a question")
    it.at("2026-03-25 11:01").do("offer-follow-up", by="Heating desk", channel="phone")
    it.at("2026-03-25 11:20").do("fix", by="Technician").look("the seal is in")
    it.at("2026-03-25 11:25").do("explain-why", by="Heating desk", channel="phone")
    it.at("2026-03-25 11:26").do("explain-not-again", by="Heating desk", channel="phone")
    it.at("2026-03-25 11:27").do("apologise-again", by="Heating desk", channel="phone")
    it.write(
        impact__customers=1, impact__customer_min=200, impact__customer_cost=Decimal("64.90"), impact__trust="unsure"
    ).look("what they paid and lost")
    for owed in compensation.owed(it.record, PLAYBOOK):
        it.change(compensation.keep, owed)
    it.at("2026-03-25 11:30").change(compensation.offer, "k1", Decimal("64.90"), it.now)
    it.change(compensation.offer, "k2", Decimal("33.33"), it.now).do("offer", by="Heating desk", channel="phone")
    it.at("2026-03-25 11:32").change(compensation.answer, "k1", "accepted", it.now)
    it.change(compensation.answer, "k2", "accepted", it.now)
    it.at("2026-03-25 11:35").do("make-sure", by="Technician").do("contact", by="Heating desk", channel="phone")
    it.do("thank", by="Heating desk", channel="phone").look("what is owed is accepted")
    it.at("2026-03-25 11:50").change(compensation.carry_out, "k1", it.now).change(compensation.carry_out, "k2", it.now)
    it.do("carry-out", by="Heating desk")
    it.change(compensation.goodwill, "Next year's service", Decimal(140)).look("more than the desk may give")
    it.change(compensation.ask_approval, "k3", it.now).look("approval is asked for")
    _next_morning(it)
    it.move_on()
    _whys_of_the_heating(it)
    it.at("2026-03-30 23:30").look("the last hour of the fifth day")
    it.at("2026-03-31 00:01").look("the fifth day is over")
    it.at("2026-03-30 10:00").do("follow-up", by="Head of service", channel="in person").look("the follow-up is done")
    it.at("2026-04-20 09:00")
    for name in ("a1", "a2", "a3"):
        it.change(actions.complete, name, date(2026, 4, 17))
    it.look("all is done but the signature")
    it.change(signatures.sign, "M. Weiss", "Head of service", it.now).look("a manager signs")
    it.move_on().look("closed")
    it.at("2026-06-16 00:00").look("the effect was to be looked at")
    it.at("2026-06-16 10:00").change(
        states.judge_effect, "a1", "not held", date(2026, 6, 16), "Two vans without the tray"
    ).look("the effect did not hold")
    it.at("2026-06-17 09:00").change(
        actions.plan,
        "Take the old trays out of the stores, so that none is left to fetch",
        causes=("c1",),
        form="remove-step",
        owner="Field lead",
        due_on=date(2026, 7, 1),
        effect={"measure": "Vans without the new tray", "expected": "0", "check_on": date(2026, 9, 1)},
    ).look("a stronger one is planned")
    it.at("2026-07-01 16:00").change(actions.complete, "a4", date(2026, 7, 1)).look("that one is done")
    it.at("2026-07-02 09:00").change(signatures.sign, "M. Weiss", "Head of service", it.now)
    it.move_on().look("closed again")
    return it.moments


def _next_morning(it: Story) -> None:
    """A manager is there: calls back, asks, takes over, approves."""
    it.at("2026-03-26 08:30").look("the next morning")
    it.at("2026-03-26 09:10").write(evaluation__manager_told="Head of service", evaluation__manager_told_at=it.now)
    it.at("2026-03-26 09:20").change(escalation.called_back, it.now).write(recovery__escalation__permission="yes")
    it.at("2026-03-26 09:22").change(escalation.hand_over, "Head of service", at=it.now)
    it.look("the manager has called, asked and taken over")
    it.at("2026-03-26 09:30").change(compensation.approve, "k3", "Head of service", it.now)
    it.at("2026-03-26 09:35").change(compensation.offer, "k3", Decimal(140), it.now)
    it.at("2026-03-26 09:36").change(compensation.answer, "k3", "accepted", it.now)
    it.at("2026-03-26 15:00").change(compensation.carry_out, "k3", it.now).write(recovery__resolve__result="full")
    it.look("approved, offered, carried out")


def _whys_of_the_heating(it: Story) -> None:
    """Three legs, two people's opinions, one action a root."""
    it.at("2026-03-27 09:00")
    it.change(whys.answer, None, "The seal stayed in the tray", leg="occurrence")
    it.change(whys.answer, "w1", "The tray is cleared after the burner is closed")
    it.change(whys.answer, "w2", "The service kit has no place that shows a part is left")
    it.look("one leg of whys")
    it.change(whys.answer, None, "Nobody measured the flue gas before leaving", leg="detection")
    it.change(whys.answer, "w4", "The measuring comes with the yearly report, days later")
    it.change(whys.answer, "w5", "The report is a form of its own")
    it.change(whys.answer, None, "No manager could be reached for a day", leg="recovery")
    it.change(whys.answer, "w7", "The duty list ends at the office door")
    it.change(whys.answer, "w8", "No one is named for the hours of travel")
    for why in ("w3", "w6", "w9"):
        it.change(whys.mark, why, "confirmed").change(whys.add_evidence, why, "observation", "Seen at the depot")
        it.change(whys.stop_test, why, can_act="yes", would_have_helped="yes").change(causes.mark_root, why)
    it.look("three legs of whys, each a chain")
    it.change(whys.answer, "w1", "The burner can be closed with a part left in the tray").look("three legs of whys")
    for cause in ("c1", "c2", "c3"):
        it.change(causes.classify, cause, "system", reason="The work as it is laid out does not show it")
        it.change(causes.give_opinion, cause, "Field lead", "system", "No place for the part")
    it.look("one person classified")
    for cause in ("c1", "c2", "c3"):
        it.change(causes.give_opinion, cause, "Safety officer", "system", "Nothing stops it")
    it.look("a second person classified")
    for number, (cause, text, form) in enumerate(
        (
            ("c1", "Shape the tray so that the burner can't be closed with a part left in it", "forcing-function"),
            ("c2", "Measure the flue gas before the burner is closed", "checklist"),
            ("c3", "Name one manager for the hours of travel in the duty list", "standardise"),
        ),
        1,
    ):
        it.change(
            actions.plan,
            text,
            causes=(cause,),
            form=form,
            owner="Field lead",
            due_on=date(2026, 4, 17),
            done_when="It is in use in every van",
            could_break="Services take ten minutes longer",
        )
        if number == 1:
            it.look("an action without an effect to check")
    for name in ("a1", "a2", "a3"):
        effect = {"measure": "Parts left after a service", "expected": "0", "check_on": date(2026, 6, 15)}
        it.change(actions.amend, name, effect=effect)
    it.move_on().look("actions planned")
