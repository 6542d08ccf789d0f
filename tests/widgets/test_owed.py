"""What we owe, as four facts a thing, each with the button for the next one (R17, R18)."""

from __future__ import annotations

from decimal import Decimal

import pytest

from postmortem.record import compensation, due, lateness, offering, recovery
from postmortem.record.incident import Impact, Incident
from tests.widgets.seen import NOW, blocks, do, fields, pressed, put, texts


@pytest.fixture
def panel(retro):
    """The stage, in a record where something was paid and time was lost."""
    for place, text in {
        "title": "Off",
        "occurred_at": "18 Mar 2026 08:25",
        "known_at": "15:20",
        "impact.customer_cost": "64",
        "impact.customer_min": "21 h",
    }.items():
        retro.type(place, text)
    return retro.stage("recover")


def tracks(panel):
    """The tracks by their key, each as its facts' states."""
    found = [block for block in blocks(panel.view) if block.get("t") == "owed"]
    return {block["key"]: [fact["state"] for fact in block["facts"]] for block in found}


def track(panel, key):
    """One track."""
    return next(block for block in blocks(panel.view) if block.get("t") == "owed" and block["key"] == key)


def test_how_late_an_offer_is_stands_once_with_its_step(panel, retro):
    """In the words of the list of what is due; the tracks say it where no step does."""
    pressed(panel, "Keep it as owed: EUR 64")
    found = [text for text in texts(panel.view) if "late since" in text.lower()]
    step = next(it for it in blocks(panel.view) if it.get("key") == "offer")
    promise = next(it for it in due.promises(retro.incident, retro.playbook) if it.id == "step-offer")
    retro.change(recovery.set_step, "offer", status="not needed", because="by letter")

    assert [] == found
    assert lateness.said(promise, NOW, retro.incident.zone) == step["late"]
    assert "Late since Thu 15:20" in texts(track(panel, "k1"))


def test_what_has_no_worth_yet_still_is_to_be_offered(panel, retro):
    """Its step is not called done while the head counts it as waiting (R18)."""
    retro.type("impact.customer_min", "6 h")
    for label in ("Keep it as owed: EUR 64", "Mark as offered", "Keep it as owed: EUR 60", "Mark as offered"):
        pressed(panel, label)
    before = texts(panel.view)
    pressed(panel, "Add something else")

    assert "All of it is offered." in before
    assert "All of it is offered." not in texts(panel.view)
    assert "2 of 3 offered. Step 8 is done when all are" in texts(panel.view)


def test_a_rest_that_is_left_to_offer_keeps_its_step_to_do(panel, retro):
    """Also where all that is kept was offered: a part that they took, or what only the playbook gives (R18)."""
    retro.type("impact.customer_min", "40")
    pressed(panel, "Keep it as owed: EUR 64")
    pressed(panel, "Mark as offered")
    assert "All of it is offered." in texts(panel.view)
    put(panel, "recovery.compensation.k1.offered", "50")

    assert "All of it is offered." not in texts(panel.view)
    assert "1 of 1 offered. Step 8 is done when the rest is" in texts(panel.view)
    pressed(panel, "Offer the other EUR 14")
    assert "All of it is offered." in texts(panel.view)


def test_one_button_after_the_other_leads_through_the_four_facts(panel, retro):
    """The focus stays with the next one."""
    assert ["rules-reimbursement", "rules-service credit"] == list(tracks(panel))

    pressed(panel, "Keep it as owed: EUR 64")
    assert ["yes", "late", "none", "none"] == tracks(panel)["k1"]

    pressed(panel, "Mark as offered")
    assert ("owed.k1.next", ["yes", "yes", "todo", "todo"]) == (panel.focus["at"], tracks(panel)["k1"])

    pressed(panel, "They accepted")
    pressed(panel, "Mark as paid")
    item = retro.incident.recovery.compensation[0]

    assert ["yes"] * 4 == tracks(panel)["k1"]
    assert (Decimal(64), NOW, "yes", NOW, NOW) == (
        item.offered,
        item.offered_at,
        item.offered_first,
        item.answered_at,
        item.carried_out_at,
    )


def test_that_nothing_is_owed_is_said_with_its_reason(panel, retro):
    """Or with what has to be known for it."""
    retro.type("impact.customer_min", "40")
    retro.type("impact.customer_cost", "0")
    known = texts(panel.view)
    retro.put("impact.customer_cost", None)

    assert {"Nothing is owed.", "They paid nothing because of it, and 40 min lost is below 1 h."} <= set(known)
    assert "Money paid stands in stage 1; what is owed follows." in texts(panel.view)


def test_a_step_that_the_tracks_say_is_done_is_done_by_whoever_works_here(panel, retro):
    """As in the table of the steps."""
    retro.type("impact.customer_min", "40")
    for label in ("Add something else", "Keep it as owed: EUR 64"):
        pressed(panel, label)
    retro.put("recovery.compensation.k1.owed", Decimal(10))
    for key in ("k1", "k2"):
        do(panel, "offer", key=key, first="yes")
    pressed(panel, "Mark step 8 as done")

    assert "Ana" == recovery.said_of(retro.incident, "offer").by
    assert "2 of 2 offered." in texts(panel.view)


def test_above_the_limit_it_asks_and_offers_what_may_be_offered(panel, retro):
    """The whole is not offered by a button; the rest stays owed, and waits."""
    pressed(panel, "Keep it as owed: EUR 210")
    labels = [block["label"] for block in blocks(track(panel, "k1")) if block.get("t") == "button"]
    assert "Mark as offered" not in labels
    assert ["We decided otherwise, because…", "Ask for approval", "Offer EUR 150 now"] == labels[:3]

    pressed(panel, "Ask for approval")
    pressed(panel, "Offer EUR 150 now")
    part, rest = retro.incident.recovery.compensation

    assert (Decimal(150), Decimal(60)) == (part.offered, rest.owed)
    assert ["yes", "yes", "todo", "none"] == tracks(panel)["k1"]
    assert any("with what was offered before it is over your limit" in text for text in texts(track(panel, "k2")))


def test_a_manager_whose_role_is_known_approves_with_one_button(panel, retro):
    """Then it may be offered as a whole."""
    retro.put("recovery.escalation.handed_to", "Duty manager")
    pressed(panel, "Keep it as owed: EUR 210")
    pressed(panel, "Approved by: Duty manager")
    pressed(panel, "Mark as offered")

    assert Decimal(210) == retro.incident.recovery.compensation[0].offered
    assert not track(panel, "k1")["ways"]


def test_what_was_approved_is_no_approval_of_more(panel, retro):
    """Also where the approval was typed; it says so in plain words, and asks once more."""
    pressed(panel, "Keep it as owed: EUR 210")
    put(panel, "recovery.compensation.k1.approved_by", "Duty manager")
    pressed(panel, "Mark as offered")
    put(panel, "recovery.compensation.k1.offered", "50000")
    labels = [block["label"] for block in blocks(track(panel, "k1")) if block.get("t") == "button"]

    assert Decimal(210) == retro.incident.recovery.compensation[0].approved_amount
    assert any("it is approved for EUR 210, and this is above that" in text for text in texts(track(panel, "k1")))
    assert "Ask for approval" in labels


@pytest.mark.parametrize("amount", ["", "20"])
def test_a_decision_for_less_is_made_with_its_reason_and_amount_at_once(panel, retro, amount):
    """Nothing, or less than the playbook gives; then nobody is asked for the rest, on the card, in lists, in gates."""
    do(panel, "decide-otherwise", kind="service credit", amount=amount, because=" ")
    assert "write why" in panel.head["trouble"]
    assert () == retro.incident.recovery.compensation

    do(panel, "decide-otherwise", kind="service credit", amount=amount, because="They had a credit for this day")
    asked = {it.id for it in due.promises(retro.incident, retro.playbook) if it.kind == "offer" and it.status == "open"}

    assert ("Less" if amount else "Nothing") + ": decided otherwise" in texts(track(panel, "k1"))
    assert "rules-service credit" not in tracks(panel)
    assert not any("write why" in text for text in texts(track(panel, "k1")))
    assert ("offer-service-credit" in asked) == bool(amount)
    assert ("Nothing to offer" in texts(track(panel, "k1"))) == (not amount)


def test_what_is_kept_can_be_decided_otherwise_until_it_is_offered(panel, retro):
    """With the two fields at the card; a wrong amount changes nothing."""
    retro.type("impact.customers", "3")
    pressed(panel, "Keep it as owed: EUR 630")
    assert "We decided otherwise, because…" in texts(track(panel, "k1"))
    do(panel, "decide-otherwise", key="k1", amount="-2", because="One family")
    assert "“-2” is less than 0: write 0 or more" in panel.head["trouble"]
    assert [630] == [item.owed for item in retro.incident.recovery.compensation]

    do(panel, "decide-otherwise", key="k1", amount="210", because="One family")

    assert [(210, "One family")] == [(item.owed, item.because) for item in retro.incident.recovery.compensation]
    assert track(panel, "k1")["decide"] is None


def test_nothing_is_decided_while_no_reason_stands(panel):
    """Who types 0 as owed is still asked for it, and for the reason."""
    pressed(panel, "Keep it as owed: EUR 210")
    put(panel, "recovery.compensation.k1.owed", "0")

    assert "todo" == tracks(panel)["k1"][0]
    assert "Nothing: why is not said yet" in texts(track(panel, "k1"))
    assert any("or write why you decided otherwise" in text for text in texts(track(panel, "k1")))


def test_the_rest_of_what_was_answered_in_part_is_offered_at_the_card(panel, retro):
    """As from the list of what is due, with one press."""
    pressed(panel, "Keep it as owed: EUR 64")
    pressed(panel, "Mark as offered")
    put(panel, "recovery.compensation.k1.offered", "50")
    pressed(panel, "They accepted")
    pressed(panel, "Offer the other EUR 14")

    assert [50, 14] == [item.offered for item in retro.incident.recovery.compensation]
    assert not any(text.startswith("Offer the other") for text in texts(panel.view))


def test_more_than_the_playbook_gives_is_said_beside_it(panel):
    """Once, and calmly."""
    pressed(panel, "Keep it as owed: EUR 64")
    assert "EUR 64 by the playbook" not in track(panel, "k1")["what"]
    put(panel, "recovery.compensation.k1.owed", "400")

    assert "EUR 64 by the playbook." in track(panel, "k1")["what"]


def test_the_rest_that_the_playbook_gives_is_kept_with_one_button(panel, retro):
    """With what is kept already; for itself where that was offered."""
    pressed(panel, "Keep it as owed: EUR 64")
    put(panel, "recovery.compensation.k1.owed", "20")
    assert "Less: why is not said yet" in texts(track(panel, "k1"))
    pressed(panel, "Keep the other EUR 44 as owed")
    assert ([64], {"k1", "rules-service credit"}) == (
        [item.owed for item in retro.incident.recovery.compensation],
        set(tracks(panel)),
    )

    pressed(panel, "Mark as offered")
    retro.type("impact.customer_cost", "80")
    pressed(panel, "Keep the other EUR 16 as owed")

    assert [(64, 64), (16, None)] == [(item.owed, item.offered) for item in retro.incident.recovery.compensation]


def test_less_of_what_they_paid_waits_for_a_manager(panel, retro):
    """With the ways to get the approval beside it; the gate and the list of what is due go on asking until then."""
    retro.put("recovery.escalation.handed_to", "Duty manager")
    do(panel, "decide-otherwise", kind="reimbursement", because="They drove anyway")
    assert "Nothing: nobody approved it yet" in texts(track(panel, "k1"))
    assert any("nobody approved less" in text for text in texts(track(panel, "k1")))

    pressed(panel, "Approved by: Duty manager")

    assert not any("nobody approved less" in text for text in texts(track(panel, "k1")))
    assert not track(panel, "k1")["ways"]


def test_what_is_said_of_a_thing_stands_below_its_track_once(panel):
    """Also while its fields are folded away."""
    pressed(panel, "Keep it as owed: EUR 64")
    shown = track(panel, "k1")

    assert ["recovery.compensation.k1.offered_at"] == [found["where"] for found in shown["notes"]]
    assert not any(field["findings"] for field in shown["fields"])


def test_when_all_is_offered_the_step_can_be_marked_as_done(panel, retro):
    """At the time of the last offer; and carried out only when nothing waits any more."""
    retro.type("impact.customer_min", "40")
    pressed(panel, "Keep it as owed: EUR 64")
    assert "0 of 1 offered. Step 8 is done when it is" in texts(panel.view)

    pressed(panel, "Mark as offered")
    pressed(panel, "Mark step 8 as done")
    assert "Mark step 9 as done" not in texts(panel.view)

    pressed(panel, "They accepted")
    pressed(panel, "Mark as paid")
    pressed(panel, "Mark step 9 as done")

    done = {step.id: step.at for step in retro.incident.recovery.steps if step.status == "done"}
    assert {"offer": NOW, "carry-out": NOW} == {name: done.get(name) for name in ("offer", "carry-out")}


def test_an_amount_for_many_shows_what_each_gets(panel, retro):
    """Each and all; and how it was counted."""
    retro.type("impact.customers", "2000")

    assert any("EUR 210 for each, EUR 420,000 for all" in text for text in texts(track(panel, "rules-service credit")))
    assert any(
        "2,000 customers; people of one house are one" in text for text in texts(track(panel, "rules-service credit"))
    )
    pressed(panel, "Keep it as owed: EUR 420,000")
    assert any("EUR 210 for each of 2,000." in text for text in texts(track(panel, "k1")))


def test_an_amount_in_another_currency_stays_in_its_field(panel, retro):
    """With what would do; in the record's own it is taken, and the record's own can be changed."""
    pressed(panel, "Add something else")
    put(panel, "recovery.compensation.k1.owed", "£20")
    assert "names another currency" in fields(panel)["recovery.compensation.k1.owed"]["error"]
    assert track(panel, "k1")["open"]

    retro.type("currency", "gbp")
    put(panel, "recovery.compensation.k1.owed", "£20")

    assert ("GBP", Decimal(20)) == (retro.incident.currency, retro.incident.recovery.compensation[0].owed)


@pytest.mark.parametrize("text", ["-5", "1" + "0" * 15, "1e15", "20 USD", "1.234"])
def test_an_absurd_amount_is_refused_in_place(panel, retro, text):
    """The text stays, and nothing else changes."""
    put(panel, "recovery.resolve.at_what_cost", text)
    field = fields(panel)["recovery.resolve.at_what_cost"]

    assert text == field["value"]
    assert field["error"]
    assert retro.incident.recovery.resolve.at_what_cost is None


def test_the_worksheet_shows_what_is_known_and_asks_the_rest(panel):
    """How major and how costly is not asked again (R17)."""
    told = " ".join(texts(panel.view))
    asked = {place.rsplit(".", 1)[-1] for place in fields(panel) if place.startswith("recovery.resolve.")}

    assert "they paid EUR 64, they lost 21 h." in told
    assert {"can_be_undone", "redo_or_replace", "at_what_cost", "result", "asked_for", "given", "beyond"} == asked


def test_comparable_cases_are_looked_up_when_somebody_asks(panel, store):
    """Under five they are a table; from five on there are dots too."""
    for at in range(5):
        done = compensation.goodwill(
            Incident(title="Other", currency="EUR", impact=Impact(customer_min=60)), "x", Decimal(9)
        )
        store.save(compensation.offer(done, "k1", Decimal(9 + at), NOW), by="Ben")
    assert not [block for block in blocks(panel.view) if block.get("t") == "fair"]

    pressed(panel, "Look them up")
    (fair,) = [block for block in blocks(panel.view) if block.get("t") == "fair"]

    assert "Nothing is offered here yet; half of 5 comparable cases were offered EUR 11 or less" == fair["title"]
    assert 5 == len(fair["dots"]["dots"])
    assert "owed.compare" == panel.focus["at"]


def test_what_is_taken_out_is_gone_and_nothing_is_owed_for_what_was_not_ours(panel, retro):
    """What eases it then is goodwill."""
    pressed(panel, "Keep it as owed: EUR 64")
    do(panel, "drop-owed", key="k1")
    retro.put("fault", "customer")

    assert {} == tracks(panel)
    assert "It was not our mistake. What would ease it is goodwill." in texts(panel.view)


def test_a_rest_above_the_limit_of_an_answered_part_goes_by_an_approval(panel, retro):
    """Asked for with one press at the card; then it is a thing of its own with the ways of any other, and offered."""
    retro.put("recovery.escalation.handed_to", "Duty manager")
    pressed(panel, "Keep it as owed: EUR 210")
    put(panel, "recovery.compensation.k1.offered", "150")
    pressed(panel, "They accepted")
    pressed(panel, "Ask for approval of the other EUR 60")
    part, rest = retro.incident.recovery.compensation
    assert ((150, 150, None), (60, None, NOW)) == (
        (part.owed, part.offered, part.approval_asked_at),
        (rest.owed, rest.offered, rest.approval_asked_at),
    )
    assert not any(text.startswith("Ask for approval of the other") for text in texts(panel.view))

    pressed(panel, "Approved by: Duty manager")
    do(panel, "offer", key=rest.id, first="yes")

    assert [150, 60] == [it.offered for it in retro.incident.recovery.compensation if it.kind == part.kind]
    assert offering.limited(retro.incident, retro.playbook, part.kind) is None


def test_of_a_rest_above_the_limit_the_part_within_it_is_offered_at_once(panel, retro):
    """What is left of the limit; the remainder waits beside it."""
    pressed(panel, "Keep it as owed: EUR 210")
    put(panel, "recovery.compensation.k1.offered", "50")
    do(panel, "answer-offer", key="k1", answer="accepted")
    pressed(panel, "Offer EUR 100 of it now")

    assert [(50, 50), (100, 100), (60, None)] == [(it.owed, it.offered) for it in retro.incident.recovery.compensation]


def test_a_button_for_what_is_gone_meanwhile_changes_nothing(panel, retro):
    """A card that was drawn before somebody else took the only thing out: nothing is done, and nobody is frightened."""
    before = retro.incident.recovery.compensation
    do(panel, "ask-rest", kind="goodwill")

    assert before == retro.incident.recovery.compensation
    assert "" == panel.head["trouble"]
