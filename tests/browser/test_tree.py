"""The why tree as a team works in it: by keyboard, by mouse, by touch, and while others change it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from postmortem.record import causes, whys
from postmortem.record.incident import Incident
from postmortem.store import open_store
from postmortem.widgets import Retrospective

sys.path.insert(0, str(Path(__file__).parent))
from alone import Alone
from servers import until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Locator, Page

MANY, DEEP = 200, 7


def told() -> Incident:
    """Two first whys that happened, one of them three deep, and one of why nobody saw it."""
    incident = Incident(title="The line was dead")
    for parent, text in (
        (None, "The switch was off"),
        ("w1", "The crew unplugged it"),
        ("w1", "Nobody looked at it"),
        ("w2", "The tester needs the socket"),
        (None, "The tag had come loose"),
    ):
        incident = whys.answer(incident, parent, text)
    return whys.answer(incident, None, "Alarms were muted", leg="detection")


@pytest.fixture
def start() -> Incident:
    """What the tree begins with."""
    return told()


@pytest.fixture
def alone(page: Page, tmp_path: Path, start: Incident) -> Iterator[Alone]:
    """The stage of the whys on a page of its own; nothing in it may fail unheard."""
    broken: list[str] = []
    page.set_viewport_size({"width": 1280, "height": 2400})
    page.on("pageerror", lambda error: broken.append(str(error)))
    with open_store(tmp_path / "postmortem.db") as store:
        retro = Retrospective(store, by="Ana")
        retro.open(store.save(start, by="Ana").id)
        yield Alone(page, retro.stage("why"))
    assert [] == broken


def node(alone: Alone, name: str) -> Locator:
    """A why on the page."""
    return alone.page.locator(f'[data-node="{name}"]')


def row(alone: Alone, name: str) -> Locator:
    """The line of a why, without what stands below it."""
    return node(alone, name).locator("> .pm-node")


def tree(alone: Alone) -> dict[str, str]:
    """Where each why stands, as the record has it."""
    return whys.labels(alone.panel.meeting.incident)


def said(alone: Alone) -> Locator:
    """What a screen reader is told of a change."""
    return alone.page.get_by_role("status")


def test_a_tree_is_grown_moved_and_marked_by_keyboard_alone(alone: Alone):
    """From the first letter to a classified root; the focus is always on a why or in its text."""
    keys = alone.page.keyboard
    node(alone, "w1").focus()
    keys.press("End")
    expect(node(alone, "w6")).to_be_focused()
    keys.press("w")
    keys.type("A job was open")
    keys.press("Enter")
    expect(node(alone, "w7")).to_be_focused()
    keys.press("b")
    expect(alone.page.get_by_label("Why D1.2")).to_be_focused()
    keys.type("Nobody ends a job")
    keys.press("Enter")
    expect(node(alone, "w8")).to_be_focused()
    keys.press("Alt+ArrowUp")
    expect(row(alone, "w8").locator(".k")).to_have_text("D1.1")
    keys.press("Alt+ArrowLeft")
    expect(row(alone, "w8").locator(".k")).to_have_text("D2")
    expect(node(alone, "w8")).to_be_focused()
    keys.press("Alt+ArrowRight")
    expect(row(alone, "w8").locator(".k")).to_have_text("D1.2")
    expect(node(alone, "w8")).to_be_focused()
    keys.press("c")
    keys.press("e")
    expect(alone.page.get_by_label("Evidence for D1.2")).to_be_focused()
    keys.type("Shift book")
    keys.press("Enter")
    expect(row(alone, "w8").get_by_text("Shift book")).to_be_visible()
    keys.press("Escape")
    expect(node(alone, "w8")).to_be_focused()
    keys.press("r")
    expect(said(alone)).to_contain_text("4 system")
    keys.press("4")
    expect(row(alone, "w8").get_by_text("Root: system")).to_be_visible()
    keys.press("ArrowLeft")
    expect(node(alone, "w6")).to_be_focused()
    keys.press("j")
    expect(alone.page.get_by_role("button", name="AND: turn to OR")).to_be_visible()

    incident = alone.panel.meeting.incident
    assert {"w6": "D1", "w7": "D1.1", "w8": "D1.2"} == {name: tree(alone)[name] for name in ("w6", "w7", "w8")}
    assert [("w8", "system")] == [(cause.why, cause.category) for cause in incident.causes]
    assert ("confirmed", "Shift book") == (incident.whys[-1].status, incident.whys[-1].evidence[0].text)


def test_escape_leaves_a_new_root_unclassified(alone: Alone):
    """And the number keys do nothing where there is no root."""
    keys = alone.page.keyboard
    node(alone, "w4").focus()
    keys.press("4")
    expect(said(alone)).to_contain_text("is no root")
    keys.press("r")
    expect(row(alone, "w4").get_by_text("Possible root: unclassified")).to_be_visible()
    keys.press("Escape")
    expect(said(alone)).to_contain_text("Left unclassified")
    expect(node(alone, "w4")).to_be_focused()

    assert [None] == [cause.category for cause in alone.panel.meeting.incident.causes]


def test_undo_and_redo_say_what_they_did(alone: Alone):
    """In words, and the branch is back with all below it."""
    keys = alone.page.keyboard
    node(alone, "w1").focus()
    keys.press("Delete")
    expect(said(alone)).to_contain_text("O1 and 3 below it taken out")
    expect(node(alone, "w5")).to_be_focused()
    keys.press("Control+z")
    expect(said(alone)).to_contain_text("Taken back: O1 “The switch was off” is there")
    expect(node(alone, "w4")).to_be_visible()
    keys.press("Control+Shift+z")
    expect(said(alone)).to_contain_text("Done again")
    expect(node(alone, "w4")).to_have_count(0)


def test_all_keys_are_told_and_the_focus_comes_back(alone: Alone):
    """A question mark opens the list, Escape closes it."""
    keys = alone.page.keyboard
    node(alone, "w2").focus()
    keys.press("?")
    dialog = alone.page.get_by_role("dialog", name="Keys of the why tree")
    expect(dialog.get_by_text("move beside its parent")).to_be_visible()
    keys.press("Escape")
    expect(dialog).to_have_count(0)
    expect(node(alone, "w2")).to_be_focused()


def test_the_next_finding_is_one_key_away(alone: Alone):
    """Round and round through the tree."""
    node(alone, "w1").focus()
    found = [name for name in tree(alone) if node(alone, name).locator("> .pm-under").count()]
    for name in [*found, found[0]]:
        alone.page.keyboard.press("f")
        expect(node(alone, name)).to_be_focused()
        expect(said(alone)).to_contain_text(tree(alone)[name])


def test_words_typed_before_a_new_why_is_drawn_are_its_text(alone: Alone):
    """On a slow kernel the button that asked has the focus a moment longer: its spaces don't ask once more."""
    slow = "() => { const take = window.pmTake; window.pmTake = (told) => setTimeout(() => take(told), 400); }"
    alone.page.evaluate(slow)
    alone.page.get_by_role("button", name="Another first why").first.click()
    alone.page.keyboard.type("An update was applied", delay=10)
    expect(alone.page.get_by_label("Why O3")).to_have_value("An update was applied")
    alone.page.keyboard.press("Enter")
    until(alone.page, lambda: ["An update was applied"] == [w.text for w in alone.panel.meeting.incident.whys[6:]])


SLOWER = """() => {
  const take = window.pmTake;
  let wait = 0;
  window.pmTake = (told) => { wait += 300; setTimeout(() => take(told), wait); };
}"""

SPRINGS = """async ([evidence, choice]) => {
  evidence.click();
  choice.click();
  const seen = [];
  for (let at = 0; at < 50; at += 1) { seen.push(choice.checked); await new Promise((next) => setTimeout(next, 20)); }
  return seen;
}"""


def test_what_is_chosen_does_not_spring_back_while_an_earlier_answer_is_drawn(alone: Alone):
    """On a slow kernel the evidence is drawn after the status was chosen, and before its own answer is there."""
    alone.page.evaluate(SLOWER)
    node(alone, "w5").focus()
    node(alone, "w5").get_by_label("Evidence for O2").fill("Job sheet 88")
    evidence = node(alone, "w5").get_by_role("button", name="Add evidence", exact=True)
    choice = node(alone, "w5").get_by_role("radio", name="Confirmed")
    seen = alone.page.evaluate(SPRINGS, [evidence.element_handle(), choice.element_handle()])

    assert [True] * 50 == seen
    assert "confirmed" == whys.find(alone.panel.meeting.incident, "w5").status


def test_a_double_click_edits_whatever_it_moves(alone: Alone):
    """Also while the part under another why closes and the line slides away from under the pointer."""
    node(alone, "w1").focus()
    expect(node(alone, "w1").locator(".pm-insp").first).to_be_visible()
    for name in ("w4", "w6", "w1", "w5"):
        row(alone, name).locator(".x").dblclick()
        expect(alone.page.locator("textarea[data-editing]")).to_be_focused()
        expect(alone.page.locator("textarea[data-editing]")).to_have_attribute("data-editing", name)
        alone.page.keyboard.press("Enter")
        alone.page.wait_for_timeout(400)


def test_the_buttons_stay_where_they_are_when_the_status_changes(alone: Alone):
    """Whoever presses twice presses the same button twice."""
    node(alone, "w5").focus()
    buttons = node(alone, "w5").locator(".pm-insp button, .pm-insp .pm-tog label")
    expect(buttons.first).to_be_visible()

    def places() -> list[object]:
        return [buttons.nth(at).bounding_box() for at in range(8)]

    before = places()
    for key in ("c", "x", "p"):
        alone.page.keyboard.press(key)
        expect(said(alone)).to_contain_text("O2")

        assert before == places()


def drag(alone: Alone, name: str, onto: Locator, share: float, *, drop: bool = True) -> None:
    """Take a why by the mouse and hold it over a part of something."""
    mouse = alone.page.mouse
    start, end = row(alone, name).bounding_box(), onto.bounding_box()
    assert start
    assert end
    mouse.move(start["x"] + 80, start["y"] + 12)
    mouse.down()
    mouse.move(start["x"] + 90, start["y"] + 20, steps=3)
    mouse.move(end["x"] + 90, end["y"] + end["height"] * share, steps=6)
    if drop:
        mouse.up()


def test_a_why_is_dragged_to_another_place_and_to_another_leg(alone: Alone):
    """Under a why, before one, and among the first whys of another question; the focus goes along."""
    drag(alone, "w5", row(alone, "w2"), 0.5, drop=False)
    expect(node(alone, "w2")).to_have_attribute("data-drop", "under")
    expect(alone.page.locator(".pm-drag")).to_have_text("O2: Under O1.1")
    alone.page.mouse.up()
    expect(row(alone, "w5").locator(".k")).to_have_text("O1.1.2")
    expect(node(alone, "w5")).to_be_focused()
    expect(node(alone, "w5").locator("> .pm-insp")).to_be_visible()
    drag(alone, "w3", row(alone, "w2"), 0.1)
    expect(row(alone, "w3").locator(".k")).to_have_text("O1.1")
    expect(node(alone, "w3").locator("> .pm-insp")).to_be_visible()
    drag(alone, "w4", row(alone, "w6"), 0.9)
    expect(row(alone, "w4").locator(".k")).to_have_text("D2")

    assert {"w1": "O1", "w3": "O1.1", "w2": "O1.2", "w5": "O1.2.1", "w6": "D1", "w4": "D2"} == tree(alone)


def test_escape_and_a_place_below_itself_leave_a_dragged_why_where_it_is(alone: Alone):
    """Nothing is sent, and the click that ends it is none."""
    before = tree(alone)
    drag(alone, "w1", row(alone, "w5"), 0.5, drop=False)
    alone.page.keyboard.press("Escape")
    expect(said(alone)).to_contain_text("stays where it is")
    alone.page.mouse.up()
    drag(alone, "w1", row(alone, "w4"), 0.5, drop=False)
    expect(alone.page.locator(".pm-drag")).to_contain_text("can't explain itself")
    alone.page.mouse.up()
    expect(said(alone)).to_contain_text("stays where it is")

    assert before == tree(alone)
    assert [] == [event for event in alone.events if event.get("do") == "move"]


def test_a_why_is_moved_from_a_list_or_by_pressing_another(alone: Alone):
    """Without dragging: from the list by keyboard, or by pressing the why it shall stand under."""
    node(alone, "w5").focus()
    alone.page.get_by_role("button", name="Move…").click()
    places = alone.page.get_by_label("Where shall O2 stand")
    expect(places).to_be_focused()
    places.select_option("leg:recovery")
    alone.page.keyboard.press("Enter")
    expect(row(alone, "w5").locator(".k")).to_have_text("R1")
    expect(node(alone, "w5")).to_be_focused()
    alone.page.get_by_role("button", name="Move…").click()
    row(alone, "w6").locator(".x").click()
    expect(row(alone, "w5").locator(".k")).to_have_text("D1.1")

    assert "detection" == whys.leg_of(alone.panel.meeting.incident, "w5")


def test_a_half_typed_word_stays_while_others_change_the_tree(alone: Alone):
    """The branch it stands in is moved, gets neighbours, and is taken out: the words and the cursor stay."""
    retro, page = alone.panel.meeting, alone.page
    node(alone, "w4").focus()
    page.keyboard.press("Enter")
    area = page.get_by_label("Why O1.1.1")
    area.fill("The tester needs a socket and")
    page.keyboard.press("ArrowLeft")
    retro.change(whys.answer, "w2", "The van was full", before="w4")
    retro.change(whys.move, "w2", "w6")
    alone.follow()
    area = page.locator("textarea[data-editing]")
    expect(area).to_be_focused()
    page.keyboard.type("X")
    expect(area).to_have_value("The tester needs a socket anXd")
    until(page, lambda: "The tester needs a socket anXd" == whys.find(retro.incident, "w4").text)

    page.keyboard.type("Y")
    retro.change(whys.remove, "w2")
    alone.follow()
    lost = page.get_by_label("Your words for D1.1.2")
    expect(lost).to_be_focused()
    expect(lost).to_have_value("The tester needs a socket anXYd")
    page.get_by_role("button", name="Put it back as a new why").click()
    expect(page.locator("textarea[data-editing]")).to_have_value("The tester needs a socket anXYd")

    assert ("The tester needs a socket anXYd", "w6") == (retro.incident.whys[-1].text, retro.incident.whys[-1].parent)


def test_the_focus_goes_to_the_neighbour_of_a_why_that_somebody_took_out(alone: Alone):
    """Never to the page, where the next key would be the notebook's."""
    retro = alone.panel.meeting
    node(alone, "w4").focus()
    retro.change(whys.remove, "w2")
    alone.follow()
    expect(node(alone, "w3")).to_be_focused()
    expect(said(alone)).to_contain_text("Changed elsewhere: O1.1 “The crew unplugged it” is taken out")
    retro.change(lambda incident: whys.remove(whys.remove(whys.remove(incident, "w1"), "w5"), "w6"))
    alone.follow()
    expect(alone.page.get_by_role("button", name="Ask the first why").first).to_be_focused()


def test_a_link_that_does_not_hold_is_named_and_told_beside_the_why(alone: Alone):
    """Read back, one of several is chosen; reworded, it is open again."""
    page = alone.page
    node(alone, "w4").focus()
    page.get_by_role("button", name="A link does not hold").click()
    page.get_by_role("button", name="This one").nth(1).click()
    expect(row(alone, "w2").get_by_text("does not lead to the one above")).to_be_visible()
    expect(node(alone, "w2").get_by_text("Read back, O1.1 does not lead to O1.")).to_be_visible()
    page.get_by_role("button", name="It holds", exact=True).click()
    expect(row(alone, "w2").get_by_text("does not lead")).to_have_count(0)

    assert ["yes", "yes", "yes"] == [whys.find(alone.panel.meeting.incident, name).holds for name in ("w1", "w2", "w4")]


def test_a_leg_that_is_not_asked_for_is_folded_and_can_be_asked(alone: Alone):
    """A minor mistake asks one question; the others wait behind a button each."""
    retro = alone.panel.meeting
    retro.put("impact.harm", "none")
    alone.follow()
    expect(alone.page.get_by_role("button", name="Ask it anyway")).to_have_count(1)
    expect(alone.page.locator(".pm-asks")).to_contain_text("Minor: question O is asked for.")
    alone.page.get_by_role("button", name="Ask it anyway").click()
    expect(alone.page.get_by_label("Why R1")).to_be_focused()


def test_the_map_is_one_key_away_and_what_is_chosen_there_is_chosen_here(alone: Alone):
    """One state, two views; the focus goes from the one to the other."""
    keys, page = alone.page.keyboard, alone.page
    node(alone, "w2").focus()
    keys.press("m")
    expect(page.locator('[data-box="w2"]')).to_be_focused()
    expect(node(alone, "w2")).to_be_hidden()
    keys.press("ArrowRight")
    keys.press("Enter")
    keys.press("m")
    expect(node(alone, "w4")).to_be_focused()
    page.get_by_role("button", name="Map", exact=True).click()
    page.locator('[data-box="w6"] .cm-box').click()
    page.get_by_role("button", name="Outline").click()
    expect(node(alone, "w6")).to_be_focused()


def test_two_wordings_of_one_why_stand_side_by_side_until_one_is_chosen(alone: Alone):
    """Ben saved his while Ana was in the middle of hers."""
    retro, page = alone.panel.meeting, alone.page
    ben = Retrospective(retro.store, by="Ben")
    ben.open(retro.incident.id)
    node(alone, "w2").focus()
    page.keyboard.press("Enter")
    ben.change(whys.reword, "w2", "The crew took it out")
    retro.look("why", "whys.w2.text")
    alone.follow()
    page.keyboard.type(" at nine")
    page.wait_for_timeout(800)
    expect(page.locator("textarea[data-editing]")).to_have_value("The crew unplugged it at nine")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Keep mine").click()
    expect(row(alone, "w2").locator(".x")).to_have_text("The crew unplugged it at nine")

    assert () == retro.incident.versions


@pytest.mark.parametrize("theme", ["true", "false"])
def test_the_tree_has_no_barrier_that_axe_can_find(alone: Alone, theme: str):
    """With a root, a hint, a broken link, the parts of the chosen why and the list of places open."""
    retro = alone.panel.meeting
    retro.change(lambda incident: causes.mark_root(whys.hold(incident, "w3", "no"), "w4"))
    retro.change(whys.reword, "w5", "The technician forgot the tag")
    alone.follow()
    alone.page.evaluate("(light) => { document.body.dataset.jpThemeLight = light; }", theme)
    node(alone, "w4").focus()
    alone.page.get_by_role("button", name="Move…").click()
    alone.page.get_by_role("button", name="A link does not hold").click()

    found = Axe().run(alone.page, context=".pm-why").response["violations"]

    assert [] == [(item["id"], item["nodes"][0]["html"]) for item in found]


def many() -> Incident:
    """Two hundred whys, in chains of seven."""
    incident, parent = Incident(title="The line was dead"), None
    for number in range(MANY):
        parent = parent if number % DEEP else None
        incident = whys.answer(incident, parent, f"Cause {number + 1}")
        parent = f"w{number + 1}"
    return incident


@pytest.mark.parametrize("start", [many()], ids=["many"])
def test_two_hundred_whys_are_worked_in_like_six(alone: Alone):
    """Walking draws the why that is left and the one that is reached, and typing draws nothing else."""
    keys, page = alone.page.keyboard, alone.page
    expect(page.get_by_role("treeitem")).to_have_count(MANY)
    page.evaluate(
        "() => { window.drawn = new Set(); new MutationObserver((all) => all.forEach((one) => { const item ="
        " (one.target.closest || (() => null)).call(one.target, '[data-node]'); if (item) window.drawn.add("
        "item.dataset.node); })).observe(document.querySelector('.pm-why'),"
        " { subtree: true, childList: true, attributes: true, characterData: true }); }"
    )
    node(alone, "w99").focus()
    keys.press("ArrowDown")
    expect(node(alone, "w100")).to_be_focused()
    expect(node(alone, "w100").locator("> .pm-insp")).to_be_visible()
    assert {"w99", "w100"} >= set(page.evaluate("() => [...window.drawn]")) - {"w1"}

    keys.press("Enter")
    page.evaluate("() => window.drawn.clear()")
    keys.type(" is told")
    assert [] == page.evaluate("() => [...window.drawn]")

    page.wait_for_timeout(500)
    keys.press("Enter")
    keys.press("End")
    expect(node(alone, f"w{MANY}")).to_be_focused()
    until(page, lambda: "Cause 100 is told" == whys.find(alone.panel.meeting.incident, "w100").text)


def test_a_finger_that_holds_a_why_drags_it_and_one_that_does_not_scrolls(browser: Browser, tmp_path: Path):
    """By touch, with targets that a finger can hit."""
    context = browser.new_context(viewport={"width": 700, "height": 2400}, has_touch=True, is_mobile=True)
    with open_store(tmp_path / "postmortem.db") as store:
        retro = Retrospective(store, by="Ana")
        retro.open(store.save(told(), by="Ana").id)
        alone = Alone(context.new_page(), retro.stage("why"))
        row(alone, "w5").tap()
        expect(node(alone, "w5")).to_be_focused()
        expect(node(alone, "w5").locator("> .pm-insp")).to_be_visible()
        sizes = alone.page.evaluate(
            "() => [...document.querySelectorAll('.pm-why button, .pm-why .tw[data-turn], .pm-why .pm-tog label')]"
            ".map((part) => part.getBoundingClientRect()).filter((box) => box.width)"
            ".map((box) => Math.min(box.width, box.height))"
        )
        touch = context.new_cdp_session(alone.page)

        def finger(kind: str, x: float = 0, y: float = 0) -> None:
            points = [] if kind == "touchEnd" else [{"x": x, "y": y}]
            touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

        for held, label in ((0, "O2"), (700, "O1.1.2")):
            alone.page.evaluate("() => window.scrollTo(0, 0)")
            start, end = row(alone, "w5").bounding_box(), row(alone, "w2").bounding_box()
            assert start
            assert end
            finger("touchStart", start["x"] + 100, start["y"] + 14)
            alone.page.wait_for_timeout(held)
            for part in range(1, 6):
                y = start["y"] + 14 + (end["y"] + end["height"] / 2 - start["y"] - 14) * part / 5
                finger("touchMove", start["x"] + 100, y)
            finger("touchEnd")
            alone.page.wait_for_timeout(400)  # what is only a scroll moves nothing, after a while either

            until(alone.page, lambda: label == tree(alone)["w5"])  # noqa: B023 - asked before the next turn
    context.close()

    assert min(sizes) >= 44
