"""A folder of pages."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from postmortem.exchange import read, write_pages
from postmortem.exchange.wiki.pages import file_name, read_markdown
from postmortem.record.errors import DataError
from postmortem.record.incident import Incident

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 11, 22, tzinfo=UTC)
ODD = [
    "..",
    ".",
    "con",
    "CON",
    "nul.x",
    "aux",
    "A",
    "a",
    "ä",
    "a\u0308",
    "a:b",
    "a*",
    "x" * 120,
    "a.",
    ".git",
    "~",
    "-",
]


def some(*ids: str, title: str = "Late") -> list[Incident]:
    """Incidents with these ids."""
    return [Incident(title=title, id=one, revision=1) for one in ids]


def test_every_id_gives_a_file_of_its_own_inside_the_folder_on_every_system(tmp_path: Path):
    """No id leaves the folder, meets another one's file, or a name that a system keeps for itself."""
    names = [file_name(incident) for incident in some(*ODD)]
    write_pages(tmp_path / "wiki", some(*ODD))

    assert len(ODD) == len({name.casefold() for name in names})
    assert all(
        name.isascii() and len(name) < 110 and name.partition(".")[0].lower() not in {"con", "nul", "aux"}
        for name in names
    )
    assert sorted(names) == sorted(path.name for path in (tmp_path / "wiki").iterdir())
    assert ["wiki"] == [path.name for path in tmp_path.iterdir()]


def test_a_page_that_has_not_changed_is_not_touched_and_none_is_deleted(tmp_path: Path):
    """What is left over is told, and somebody's own files are nobody's business."""
    (tmp_path / "README.md").write_text("# Read me\n")
    write_pages(tmp_path, some("a", "b", "c"))
    before = (tmp_path / "a.md").stat().st_mtime_ns
    done = write_pages(tmp_path, [*some("a"), Incident(title="Later", id="b", revision=2)])

    assert ["b.md"] == [path.name for path in done.written]
    assert ["a.md"] == [path.name for path in done.unchanged]
    assert ["c.md"] == [path.name for path in done.left]
    assert before == (tmp_path / "a.md").stat().st_mtime_ns
    assert {"README.md", "a.md", "b.md", "c.md"} == {path.name for path in tmp_path.iterdir()}


def test_a_page_that_was_mended_and_not_imported_is_not_written_over(tmp_path: Path):
    """A person's words are not lost to an export; they can say that they are done with them."""
    write_pages(tmp_path, some("a"))
    mended = (tmp_path / "a.md").read_text().replace("Late", "Lately")
    (tmp_path / "a.md").write_text(mended)
    with pytest.raises(DataError, match="was mended by hand and not imported; import it first, or export --replace"):
        write_pages(tmp_path, some("b", "a"))

    assert ["a.md"] == [path.name for path in tmp_path.iterdir()]
    assert mended == (tmp_path / "a.md").read_text()
    write_pages(tmp_path, some("a"), replace=True)
    assert mended != (tmp_path / "a.md").read_text()


def test_a_page_of_an_older_revision_is_written_over_once_all_of_it_was_taken_in(tmp_path: Path):
    """Whether it was, only the store can tell."""
    write_pages(tmp_path, some("a"))
    mended = (tmp_path / "a.md").read_text().replace("Late", "Lately")
    (tmp_path / "a.md").write_text(mended)
    newer = [Incident(title="Very late", id="a", revision=2)]
    with pytest.raises(DataError, match="was mended by hand and not imported"):
        write_pages(tmp_path, newer, holds=lambda _: False)

    assert mended == (tmp_path / "a.md").read_text()
    assert ["a.md"] == [
        path.name for path in write_pages(tmp_path, newer, holds=lambda it: it.title == "Lately").written
    ]


def test_a_file_that_is_no_page_of_ours_is_never_written_over(tmp_path: Path):
    """Also when an incident has its name."""
    (tmp_path / "readme.md").write_text("# Read me\n")
    with pytest.raises(DataError, match=r"readme\.md: stands there and is no page of ours"):
        write_pages(tmp_path, some("readme"), replace=True)

    assert "# Read me\n" == (tmp_path / "readme.md").read_text()


def test_a_link_in_the_folder_is_replaced_and_not_followed(tmp_path: Path):
    """What lies outside the folder stays as it is."""
    (tmp_path / "out.md").write_text((tmp_path / "out.md").name)
    (tmp_path / "wiki").mkdir()
    (tmp_path / "wiki" / "a.md").symlink_to(tmp_path / "out.md")
    with pytest.raises(DataError, match="no page of ours"):
        write_pages(tmp_path / "wiki", some("a"))

    assert "out.md" == (tmp_path / "out.md").read_text()


def test_a_page_that_will_not_do_is_a_reject_with_every_reason(tmp_path: Path):
    """One bad page among many stops nobody."""
    write_pages(tmp_path, some("a"))
    (tmp_path / "a.md").write_text((tmp_path / "a.md").read_text().replace("revision", "revsion"))
    reading = read_markdown(tmp_path / "a.md")

    assert (1, 0, 1) == (reading.rows_read, len(reading.incidents), len(reading.rejects))
    assert "did you mean 'revision'?" in reading.rejects[0].reasons


def test_a_file_in_the_way_of_the_folder_is_told(tmp_path: Path):
    """In words, not with a trace."""
    (tmp_path / "wiki").write_text("")
    with pytest.raises(DataError, match="wiki: 1 problem\n  the folder is a file; name another folder"):
        write_pages(tmp_path / "wiki", some("a"))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "the file is empty"),
        (b"PK\x03\x04 x", "the file is a workbook or an archive"),
        ("# Sp\u00e4t".encode("cp1252"), "not UTF-8, found byte 0xE4"),
        (b"\x01\x02\x03\x04" * 100, "binary"),
        ("# Late".encode("utf-16"), "seems to be UTF-16"),
    ],
)
def test_a_file_that_is_no_text_is_refused_as_a_whole(content: bytes, said: str, tmp_path: Path):
    """Through the door that every file goes through."""
    (tmp_path / "a.md").write_bytes(content)
    with pytest.raises(DataError, match=said):
        read(tmp_path / "a.md", now=NOW)
