"""The cause map in a real browser: on a screen, on paper, without a mouse, and in the panel of a notebook."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from postmortem.record import Incident, default_playbook, incident_from, whys
from postmortem.report import cause_map, write
from postmortem.store import open_store
from postmortem.widgets import Retrospective, panel
from postmortem.widgets.stage import StagePanel

if TYPE_CHECKING:
    from playwright.sync_api import Page

SAMPLES = Path(__file__).parents[2] / "data" / "samples"
NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)
RULES = ["wcag2a", "wcag2aa", "wcag21aa", "best-practice"]
BOXES = """(root) => [...document.querySelectorAll(root + ' .cm-box')].map((box) => {
    const { x, y, width, height } = box.getBoundingClientRect(); return [x, y, x + width, y + height]; })"""

BROKEN = """() => {
    const cells = [...document.querySelectorAll('.cm-cell')];
    const mid = (part) => { const { y, height } = part.getBoundingClientRect(); return y + height / 2; };
    const same = (one, other) => Math.abs(mid(one) - mid(other)) < 1;
    const place = (cell) => ['--c', '--r', '--n'].map((name) => Number(cell.style.getPropertyValue(name)));
    const hangs = (cell) => {
        const [column, row] = place(cell), only = cell.classList.contains('only');
        const into = getComputedStyle(cell, '::before'), along = getComputedStyle(cell, '::after');
        const above = cells.find((other) => {
            const [c, r, n] = place(other);
            return c === column - 1 && r <= row && row < r + n;
        });
        const line = into.borderTopStyle === 'solid' && parseFloat(into.width) === 19;
        const stem = above.querySelector('.cm-stem') && same(above, above.querySelector('.cm-box'));
        return line && stem && same(cell, cell.querySelector('.cm-box'))
            && (only ? same(above, cell) : along.borderLeftStyle === 'solid');
    };
    return cells.filter((cell) => !cell.classList.contains('start')).filter((cell) => !hangs(cell)).length;
}"""
LOOKS = """(names) => names.map((name) => {
    const box = document.querySelector(name), look = getComputedStyle(box);
    return [look.borderTopStyle, look.borderTopWidth, getComputedStyle(box.querySelector('.cm-tx')).textDecorationLine];
})"""
SCROLLS = """() => {
    const room = document.querySelector('.pm-map-room');
    return room.scrollHeight > room.clientHeight + 1;
}"""


def sample() -> Incident:
    """A real tree: three legs, fourteen answers, five roots."""
    return incident_from((SAMPLES / "2025-005.json").read_bytes(), "2025-005.json")


def large() -> Incident:
    """A tree of two hundred answers in all three legs."""
    found = Incident(title="Line dead")
    for leg in ("occurrence", "detection", "recovery"):
        found = whys.answer(found, None, f"What came first of {leg}", leg=leg, status="confirmed")
    for number in range(4, 201):
        parent = f"w{max(1, number // 3)}"
        found = whys.answer(
            found, parent, f"Answer {number}: the sheet had no line for it and nobody was asked to look"
        )
    return found


@pytest.fixture(scope="module")
def files(tmp_path_factory) -> dict[str, Path]:
    """A map of a sample for A3 and for A4, and of a tree of two hundred."""
    folder, rules = tmp_path_factory.mktemp("maps"), default_playbook()
    maps = {
        "sample": cause_map(sample(), rules, now=NOW),
        "a4": cause_map(sample(), rules, now=NOW, paper="A4"),
        "large": cause_map(large(), rules, now=NOW),
    }
    return {name: write(drawn, folder / f"{name}.html") for name, drawn in maps.items()}


def overlapping(boxes: list[list[float]]) -> list[tuple[int, int]]:
    """Pairs of boxes of which one lies over the other."""
    return [
        (at, other)
        for at, (x1, y1, x2, y2) in enumerate(boxes)
        for other, (u1, v1, u2, v2) in enumerate(boxes[:at])
        if x1 < u2 and u1 < x2 and y1 < v2 and v1 < y2
    ]


@pytest.mark.parametrize(("name", "count"), [("sample", 15), ("large", 201)])
def test_a_map_shows_without_asking_anyone_and_no_box_lies_over_another(page: Page, files, name, count):
    """No request but the file itself, nothing on the console."""
    asked, said = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.goto(files[name].as_uri())
    page.wait_for_load_state("networkidle")
    boxes = page.evaluate(BOXES, ".wall-sheet:first-of-type")

    assert [files[name].as_uri()] == asked
    assert [] == said
    assert count == len(boxes)
    assert [] == overlapping(boxes)


def test_every_answer_hangs_by_a_line_on_what_it_explains(page: Page, files):
    """The line into a box meets the line along its siblings, which the line out of the box before reaches."""
    page.goto(files["sample"].as_uri())
    broken = page.evaluate(BROKEN)

    assert 0 == broken


@pytest.mark.parametrize(
    ("name", "sheets", "paper"), [("sample", 1, (1191, 842)), ("a4", 2, (842, 595)), ("large", None, (1191, 842))]
)
def test_each_sheet_is_one_page_of_its_paper(  # noqa: PLR0917 - pytest hands them over by name
    page: Page, files, tmp_path, name, sheets, paper
):
    """Landscape, as many pages as there are sheets: none runs over, and none is wider than the paper."""
    page.goto(files[name].as_uri())
    file = tmp_path / "it.pdf"
    page.pdf(path=file, prefer_css_page_size=True)
    pages = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", file.read_bytes())
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 1511 if paper[0] > 1000 else 1046, "height": 1000})
    told = sheets or page.locator(".on-paper").count()
    wide = page.evaluate("document.documentElement.scrollWidth")

    assert [paper] * told == [(round(float(width)), round(float(height))) for width, height in pages]
    assert wide <= (1511 if paper[0] > 1000 else 1046)


def test_paper_is_light_whatever_the_screen_is(page: Page, files):
    """A dark screen shows a dark map; printed, it is dark ink on light paper."""
    page.emulate_media(color_scheme="dark")
    page.goto(files["sample"].as_uri())
    dark = page.evaluate("getComputedStyle(document.querySelector('.cm-box.confirmed')).backgroundColor")
    page.emulate_media(color_scheme="dark", media="print")
    light = page.evaluate("getComputedStyle(document.querySelector('.cm-box.confirmed')).backgroundColor")

    assert ("rgb(20, 24, 29)", "rgb(255, 255, 255)") == (dark, light)


def test_borders_tell_status_and_root_without_a_colour(page: Page, files):
    """Root 3 px, confirmed 1.5 px, ruled out dotted and struck through."""
    page.goto(files["sample"].as_uri())
    looks = page.evaluate(LOOKS, [".cm-box.confirmed.root", ".cm-box.confirmed:not(.root)", ".cm-box.ruled-out"])

    assert [["solid", "3px", "none"], ["solid", "1px", "none"], ["dotted", "1px", "line-through"]] == looks


@pytest.mark.parametrize("name", ["sample", "large"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_map_has_no_barrier_that_a_machine_can_find(page: Page, files, name, scheme):
    """Contrast, names, structure: no violation."""
    from axe_playwright_python.sync_playwright import Axe  # noqa: PLC0415 - slow to load

    page.emulate_media(color_scheme=scheme)
    page.goto(files[name].as_uri())
    page.set_content(page.content().replace("Content-Security-Policy", "x-policy"))
    found = Axe().run(page, options={"runOnly": RULES}).response["violations"]

    assert [] == [(rule["id"], rule["nodes"][0]["html"][:90]) for rule in found]


@pytest.fixture
def shown(page: Page, tmp_path) -> Page:
    """The map as the panel of the why stage draws it, from what its kernel would send."""
    with open_store(tmp_path / "postmortem.db") as store:
        meeting = Retrospective(store, by="Ana")
        meeting.open(store.save(sample(), by="Ana").id)
        stage = StagePanel(meeting, "why")
    (block,) = [block for block in stage.view["body"] if block["t"] == "tree"]
    told = json.dumps([block, stage.head]).replace("<", "\\u003c")
    script = panel.script().replace("export default", "window.it =")
    page.set_content(
        f'<!doctype html><html lang="en"><title>x</title><style>{panel.style()}</style><main class="pm"><h1>x</h1>'
        f'<div id="host"></div></main><script type="module">{script}\nconst [block, head] = {told}; window.picked = [];'
        'draw(causeMap(block, { state: { head } }, (id) => picked.push(id)), document.getElementById("host"));</script>'
    )
    page.locator(".cm-cell").first.wait_for()
    return page


def at(page: Page) -> str:
    """The box that has the focus."""
    return str(page.evaluate("document.activeElement.dataset.box"))


def test_in_a_panel_arrows_go_along_the_tree(shown: Page):
    """One tab stop; right to what explains it, left to what it explains, up and down in the column; Enter chooses."""
    assert 1 == shown.locator('.cm-cell[tabindex="0"]').count()
    shown.locator('.cm-cell[tabindex="0"]').focus()
    way = []
    for key in ("ArrowRight", "ArrowDown", "ArrowLeft", "ArrowDown", "ArrowLeft", "End", "Home"):
        shown.keyboard.press(key)
        way.append(at(shown))
    shown.keyboard.press("ArrowRight")
    shown.keyboard.press("Enter")

    assert ["w2", "w4", "w1", "w7", "", "w14", ""] == way
    assert ["w1"] == shown.evaluate("picked")


def test_in_a_panel_a_box_is_chosen_by_a_click(shown: Page):
    """The one that was pressed, and it keeps the focus."""
    shown.get_by_text("The plug fell out by itself").click()

    assert ["w6"] == shown.evaluate("picked")
    assert "w6" == at(shown)


def test_in_a_panel_the_whole_map_is_seen_at_once_when_asked(shown: Page):
    """Smaller until nothing needs scrolling; larger again by a key."""
    before = shown.evaluate(SCROLLS)
    shown.get_by_role("button", name="See it whole").click()
    whole = shown.evaluate(SCROLLS)
    shown.locator('.cm-cell[tabindex="0"]').focus()
    for _ in range(4):
        shown.keyboard.press("+")

    assert [True, False, True] == [before, whole, shown.evaluate(SCROLLS)]


def test_in_a_panel_no_box_lies_over_another_and_no_barrier_is_found(shown: Page):
    """The same boxes as on the wall, as a tree with levels."""
    from axe_playwright_python.sync_playwright import Axe  # noqa: PLC0415 - slow to load

    found = Axe().run(shown, options={"runOnly": RULES}).response["violations"]

    assert [] == overlapping(shown.evaluate(BOXES, ".pm-map"))
    assert [] == [(rule["id"], rule["nodes"][0]["html"][:90]) for rule in found]
    assert ["1", "2", "3"] == [shown.locator(".cm-cell").nth(index).get_attribute("aria-level") for index in range(3)]
