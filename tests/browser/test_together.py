"""Several people at one record, seen in the browser; and words that are kept through every trouble."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from postmortem.record import versions, whys
from postmortem.record.incident import Incident
from postmortem.store import StoreError, open_store
from postmortem.widgets import Retrospective

sys.path.insert(0, str(Path(__file__).parent))
from alone import TRAITS, Alone
from servers import SHELL, choose, open_notebook, run_all, served, stage, until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Locator, Page
    from servers import Server

    from postmortem.store import Store

HAPPENED = "What happened instead"


WATCH = """() => {
  const below = document.querySelector('[data-place="customer.name"]');
  const look = () => {
    const state = document.querySelector(".pm-state");
    window.told.push([state ? state.className : "none", state?.textContent ?? "", below.getBoundingClientRect().top]);
  };
  window.told = [];
  look();
  new MutationObserver(look).observe(document.body, { subtree: true, childList: true, attributes: true });
}"""
"""Keep what is said of a field while it is typed in, however short, and where the next field stands meanwhile."""


class Window(Alone):
    """One person's stage on a page of their own, which looks what others did twice a second."""

    def __init__(self, page: Page, retro: Retrospective, stage: str = "tell") -> None:
        self.retro = retro
        self.silent = False
        page.evaluate("globalThis.pmLookEvery = 400")
        super().__init__(page, retro.stages(stage))

    def _receive(self, event: dict[str, Any]) -> dict[str, Any]:
        return {} if self.silent else super()._receive(event)

    def _changes(self) -> dict[str, Any]:
        state = {name: json.dumps(getattr(self.panel, name)) for name in (*TRAITS, "looked")}
        changed = {name: json.loads(text) for name, text in state.items() if self._told.get(name) != text}
        self._told = state
        return changed

    def field(self, name: str) -> Locator:
        """A field by its label."""
        return self.page.get_by_label(name, exact=True)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A store with one record."""
    with open_store(tmp_path / "postmortem.db") as opened:
        yield opened


@pytest.fixture
def two(browser: Browser, store: Store) -> Iterator[tuple[Window, Window]]:
    """Ana and Ben at one record, each in a browser of their own."""
    ana, ben = Retrospective(store, by="Ana"), Retrospective(store, by="Ben")
    ana.type("title", "Phone and internet off")
    ana.change(whys.answer, None, "The crew left late")
    ben.open(ana.incident.id)
    contexts = [browser.new_context(viewport={"width": 1280, "height": 900}) for _ in range(2)]
    yield Window(contexts[0].new_page(), ana), Window(contexts[1].new_page(), ben)
    for context in contexts:
        context.close()


def both(store: Store) -> set[str]:
    """The texts of the field in the store: the one that stands there, and those that wait beside it."""
    (item,) = store.list()
    now = store.load(item.incident_id)
    return {now.impact.happened, *(it.text for it in versions.at(now, "impact.happened"))}


def axe(window: Window) -> list[tuple[str, str]]:
    """What axe finds."""
    found = Axe().run(window.page, context=".pm")
    return [(item["id"], item["nodes"][0]["html"]) for item in found.response["violations"]]


def test_each_sees_the_other_and_in_which_field_they_are(two: tuple[Window, Window]):
    """Within seconds, in the head and under the field; without anything moving."""
    ana, ben = two
    team = ana.field("Team")
    before = team.bounding_box()
    ben.field(HAPPENED).click()

    expect(ana.page.locator(".pm-head")).to_contain_text("Ben is on stage 1")
    expect(ana.page.locator(".pm-state.here")).to_contain_text("Ben is writing here, from")
    assert before == team.bounding_box()


def test_what_another_changes_appears_and_a_half_typed_word_stays(two: tuple[Window, Window], store: Store):
    """The focus, the caret and the word are where they were."""
    ana, ben = two
    ana.field(HAPPENED).press_sequentially("All servi", delay=10)
    ben.field("Team").fill("Field service")
    ben.field("Team").blur()

    expect(ana.field("Team")).to_have_value("Field service")
    expect(ana.field(HAPPENED)).to_be_focused()
    ana.page.keyboard.type("ce off")
    expect(ana.field(HAPPENED)).to_have_value("All service off")
    until(ana.page, lambda: "All service off" == store.load(ana.retro.incident.id).impact.happened)


def test_two_texts_for_one_field_stand_side_by_side_until_one_decides(two: tuple[Window, Window], store: Store):
    """On both screens; the one who decides ends it for both, and the other text is in the revisions."""
    ana, ben = two
    ben.field(HAPPENED).fill("Phone off 08:25 to 15:50.")
    ana.field(HAPPENED).press_sequentially("All service off", delay=10)
    ben.field(HAPPENED).blur()
    until(ana.page, lambda: {"All service off", "Phone off 08:25 to 15:50."} == both(store))
    ana.page.keyboard.type(" for 7 h")
    until(ana.page, lambda: {"All service off for 7 h", "Phone off 08:25 to 15:50."} == both(store))
    box = ana.page.locator(".pm-versions")
    expect(box).to_contain_text("Two versions")

    expect(ben.page.locator(".pm-versions")).to_contain_text("wrote something else here")
    assert [] == axe(ana)
    kept = both(store)
    theirs = store.load(ana.retro.incident.id).impact.happened

    box.get_by_role("button", name="Keep").nth(0).click()
    mine = (kept - {theirs}).pop() if theirs != "All service off for 7 h" else theirs
    expect(box).to_have_count(0)
    expect(ana.field(HAPPENED)).to_have_value(mine)
    expect(ana.field(HAPPENED)).to_be_focused()
    expect(ben.page.locator(".pm-versions")).to_have_count(0)
    assert mine == store.load(ana.retro.incident.id).impact.happened
    assert all(any(text in one.document for one in store.history(ana.retro.incident.id)) for text in kept)


def test_two_texts_of_a_why_stand_at_the_why(two: tuple[Window, Window]):
    """In the tree, where they were written."""
    ana, ben = two
    ben.retro.type("whys.w1.text", "The crew left at 9")
    ana.retro.type("whys.w1.text", "The crew left late, at 9:30")
    ana.panel.receive({"type": "go", "stage": "why", "here": True, "n": 50})
    ana.follow()

    expect(ana.page.locator(".pm-versions")).to_contain_text("The crew left late, at 9:30")
    ana.page.get_by_role("button", name="Join them").click()

    until(ana.page, lambda: "The crew left at 9 / The crew left late, at 9:30" == ana.retro.incident.whys[0].text)


def test_a_field_says_that_it_is_typed_in_and_then_that_it_is_kept(two: tuple[Window, Window]):
    """Under the field, for three seconds, and nothing moves."""
    ana, _ = two
    ana.page.evaluate(WATCH)
    ana.field("Team").press_sequentially("Off", delay=10)

    def told() -> list[list[str]]:
        return ana.page.evaluate("() => window.told")

    until(ana.page, lambda: any("saved" in kind for kind, _, _ in told()) and told()[-1][0] == "none")
    words = list(dict.fromkeys(text for kind, text, _ in told() if kind != "none"))
    assert "Typing. Saved when you pause or leave the field." == words[0]
    assert "revision" in words[-1]
    assert 1 == len({top for _, _, top in told()})


def test_a_store_that_can_not_be_written_leaves_the_text_on_screen_until_it_can(
    two: tuple[Window, Window], store: Store, monkeypatch: pytest.MonkeyPatch
):
    """Said in the head and at the field, tried again without a button; leaving asks, copying works."""
    ana, _ = two

    def refuse(*_: object, **__: object) -> None:
        raise StoreError("the disk is full; free some space")

    ana.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    asked: list[str] = []
    ana.page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    with monkeypatch.context() as patched:
        patched.setattr(store, "save", refuse)
        ana.field(HAPPENED).fill("All service off")
        ana.field("Team").focus()
        expect(ana.page.get_by_role("alert")).to_contain_text("the disk is full")
        expect(ana.field("Team")).to_be_focused()
        expect(ana.page.locator(".pm-state.unsaved")).to_be_visible()
        ana.page.get_by_role("button", name="Copy my text").click()
        expect(ana.page.locator(".pm-copied")).not_to_be_empty()
        assert [] == axe(ana)

    expect(ana.page.get_by_role("alert")).to_have_count(0)
    assert "All service off" == store.load(ana.retro.incident.id).impact.happened


def test_a_kernel_that_does_not_answer_is_told_and_asked_again(two: tuple[Window, Window], store: Store):
    """Since when, with the text kept; nothing is typed twice when it answers again."""
    ana, _ = two
    ana.silent = True
    ana.events.clear()
    ana.field(HAPPENED).fill("All service off")
    ana.field(HAPPENED).blur()
    expect(ana.page.get_by_role("alert")).to_contain_text("The kernel has not answered since")
    looks = [event for event in ana.events if event["type"] == "look"]
    ana.silent = False
    expect(ana.page.get_by_role("alert")).to_have_count(0)

    assert "All service off" == store.load(ana.retro.incident.id).impact.happened
    assert 3 > len(looks)
    assert 1 == sum(revision.by == "Ana" for revision in store.history(ana.retro.incident.id)[-1:])


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """JupyterLab as `postmortem lab` starts it, on an empty store."""
    with served(tmp_path_factory.mktemp("lab"), "lab") as server:
        yield server


@pytest.fixture
def working(page: Page, lab: Server) -> Page:
    """The retrospective with every cell run, on a record of its own."""
    with open_store(lab.store) as opened:
        opened.save(Incident(title="The boiler room was left open"), by="Ana")
    open_notebook(page, lab, "retrospective.ipynb")
    run_all(page, SHELL)
    return page


def kernel_of(lab: Server) -> psutil.Process:
    """The kernel that works on the store of this test."""
    (found,) = [
        process
        for process in psutil.process_iter(["cmdline"])
        if "ipykernel_launcher" in " ".join(process.info["cmdline"] or [])
        and process.environ().get("POSTMORTEM_STORE") == str(lab.store)
    ]
    return found


def happened(lab: Server) -> str:
    """What the store has."""
    with open_store(lab.store, read_only=True) as opened:
        (item,) = opened.list()
        return opened.load(item.incident_id).impact.happened


def again(page: Page, before: str) -> Locator:
    """The first stage, as soon as the cells were run again."""
    page.locator(f".pm:not([data-session='{before}']) nav.pm-stages").wait_for(timeout=60_000)
    return stage(page, "tell").get_by_label(HAPPENED)


def session(page: Page) -> str:
    """The mark of the kernel's retrospective that is on the page."""
    return str(page.locator(".pm:has(nav.pm-stages)").get_attribute("data-session"))


def test_a_kernel_killed_in_the_middle_of_a_word_loses_none(working: Page, lab: Server):
    """What it has not heard any more is in the window, and is sent as soon as the cells are run again."""
    field = stage(working, "tell").get_by_label(HAPPENED)
    field.press_sequentially("The door stood op", delay=10)
    until(working, lambda: "The door stood op" == happened(lab))

    kernel, dead = kernel_of(lab), session(working)
    kernel.suspend()
    working.keyboard.type("en over nig")
    working.wait_for_timeout(1200)
    kernel.kill()
    told = working.get_by_role("button", name="Ok", exact=True)
    told.wait_for()
    told.click()
    expect(working.locator("#jp-main-statusbar")).to_contain_text("| Idle", timeout=60_000)
    choose(working, "Run", "Run All Cells")
    field = again(working, dead)

    expect(field).to_have_value("The door stood open over nig")
    until(working, lambda: "The door stood open over nig" == happened(lab))

    # A disk that takes no more: as far as this kernel can write, every file is full.
    kernel = kernel_of(lab)
    kernel.rlimit(psutil.RLIMIT_FSIZE, (0, psutil.RLIM_INFINITY))
    field.press_sequentially("ht", delay=10)
    field.blur()
    alert = stage(working, "tell").get_by_role("alert")
    expect(alert).to_contain_text("Not saved")
    asked: list[str] = []
    working.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    stage(working, "tell").get_by_role("button", name="Copy my text").wait_for()
    working.reload()
    assert "beforeunload" in asked
    open_notebook(working, lab, "retrospective.ipynb")
    run_all(working, SHELL)
    field = again(working, "")
    expect(field).to_have_value("The door stood open over night")
    expect(alert).to_contain_text("Not saved")
    kernel_of(lab).rlimit(psutil.RLIMIT_FSIZE, (psutil.RLIM_INFINITY, psutil.RLIM_INFINITY))

    expect(alert).to_have_count(0)
    assert "The door stood open over night" == happened(lab)
