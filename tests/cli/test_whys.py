"""The tree of one incident, printed or written: forms, audiences, and what is refused."""

from __future__ import annotations

import pytest


def test_the_whys_are_printed_as_text_for_a_mail(samples):
    """Where nothing else is asked for, the whole tree stands on standard output and nothing on standard error."""
    done = samples("whys", "2025-005")

    assert 0 == done.exit_code
    assert done.stdout.startswith("Why? Phone and internet not reconnected after a line repair\n")
    assert "O1.1.1 (confirmed; root: system)" in done.stdout
    assert "" == done.stderr


@pytest.mark.parametrize(
    ("form", "begins"), [("text", "Why? "), ("map", "<!doctype html>"), ("mermaid", "flowchart LR\n")]
)
def test_each_form_can_be_printed(samples, form, begins):
    """So that it goes through a pipe."""
    assert samples("whys", "2025-005", "--as", form).stdout.startswith(begins)


@pytest.mark.parametrize("suffix", ["txt", "html", "mmd", "md", "json"])
@pytest.mark.parametrize("audience", ["team", "manager"])
def test_a_file_is_written_by_its_suffix(samples, suffix, audience):
    """Standard output stays empty; the file is named on standard error; a manager's doesn't name the customer."""
    done = samples("whys", "2025-005", "--audience", audience, "-o", f"it.{suffix}")
    written = (samples.folder / f"it.{suffix}").read_text(encoding="utf-8")

    assert (0, "") == (done.exit_code, done.stdout)
    assert f"it.{suffix}" in done.stderr
    assert "unplugged" in written
    assert audience == "team" or "Larkfield" not in written


def test_json_gives_the_nodes(samples):
    """In reading order, each with its place."""
    told = samples.json("whys", "2025-005")

    assert 14 == len(told["nodes"])
    assert ("O1.1", "O1") == (told["nodes"][1]["label"], told["nodes"][1]["parent"])


def test_a_map_for_a4_is_laid_out_for_it(samples):
    """The page says which paper it is for, and takes more sheets."""
    samples("whys", "2025-005", "--paper", "a4", "-o", "it.html")
    page = (samples.folder / "it.html").read_text(encoding="utf-8")

    assert "size: A4 landscape" in page
    assert "Sheet 1 of 2" in page


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--audience", "customer"], "write them the letter"),
        (["--as", "map", "-o", "it.md"], "map is written to .html, found .md"),
        (["--as", "text", "-o", "it"], "text is written to .txt, found no suffix"),
        (["--as", "map", "--json"], "leave one of them out"),
        (["-o", "it.docx"], "expected .html, .md, .json, .txt or .mmd"),
    ],
)
def test_what_does_not_fit_is_refused_in_words(samples, words, said):
    """And nothing is written."""
    done = samples("whys", "2025-005", *words)

    assert 1 == done.exit_code
    assert said in done.stderr
    assert [] == list(samples.folder.glob("it*"))
