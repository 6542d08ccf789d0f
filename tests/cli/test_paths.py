"""A name that comes from data never leads a file out of the folder that somebody chose."""

from __future__ import annotations

import pytest

from postmortem.record.errors import DataError
from postmortem.record.reading import incident_from
from postmortem.widgets import Retrospective
from postmortem.widgets.stages import review

HOSTILE = ["../out", "..\\out", "/etc/out", "a/../../out", "a\0b", "a\nb", "C:\\out", ". ./x"]


@pytest.mark.parametrize("name", HOSTILE)
def test_an_id_that_would_lead_elsewhere_is_none(name):
    """Whoever writes it, a file or a person: it is refused before anything is named after it."""
    with pytest.raises(DataError):
        incident_from({"title": "Late", "id": name})


@pytest.mark.parametrize("name", ["..", ".hidden", "con", "a:b", "~root", "$(id)", "-rf"])
def test_a_report_of_an_odd_id_lies_in_the_folder_of_reports(name, shell, monkeypatch):
    """Odd as it is, it is one name."""
    from postmortem.store import open_store  # noqa: PLC0415 - the shell's folder is made first

    monkeypatch.setattr(review, "REPORTS", shell.folder / "reports")
    with open_store(shell.folder / "s.db") as store:
        store.save(incident_from({"title": "Late", "id": name}), by="Ana")
        retro = Retrospective(store, by="Ana")
        retro.open(name)
        review.report(retro, {"audience": "team"})
        with pytest.raises(Exception, match=r"audience|expected"):
            review.report(retro, {"audience": "../../team"})

    assert [f"{name}-team.html"] == [file.name for file in (shell.folder / "reports").iterdir()]
    assert {"reports", "s.db"} == {file.name for file in shell.folder.iterdir()}
