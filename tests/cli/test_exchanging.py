"""Files in and out: counted, told row by row, and nothing half-written."""

from __future__ import annotations

import csv
import json

import pytest

from postmortem.exchange.tables import TABLES

COUNTS = ("read", "imported", "unchanged", "updated", "rejected")
CRM = """[source]
system = "crm"
key = "No"

[columns]
No = "extra.number"
What = "title"
When = "occurred_at"
"""


def counts(outcome):
    """The five numbers of an import."""
    return tuple(outcome[name] for name in COUNTS)


def test_loading_the_samples_twice_is_the_same_as_once(shell):
    """The second time, all of them stand there already; they were saved by "samples"."""
    first, second = shell.json("sample"), shell.json("sample")

    assert (24, 24, 0, 0, 0) == counts(first)
    assert (24, 0, 24, 0, 0) == counts(second)
    assert ["samples"] == [revision["by"] for revision in shell.json("history", "2025-005")]


def test_the_samples_do_not_push_aside_a_record_of_ones_own(shell):
    """A store that uses their numbers is left alone, and another store is offered."""
    shell("new", shell.write("own.json", {"title": "Ours", "id": "2025-005"}))
    done = shell("sample")

    assert 1 == done.exit_code
    assert "postmortem sample --store samples.db" in done.stderr
    assert ["Ours"] == [found["title"] for found in shell.json("list")]


@pytest.mark.parametrize("name", ["all.json", "all.jsonl"])
def test_what_was_exported_comes_back_without_loss(samples, name):
    """Out, into an empty store, and out again: the same bytes."""
    samples("export", name)
    outcome = samples.json("import", name, "--store", "second.db")
    samples("export", f"again-{name}", "--store", "second.db")

    assert (24, 24, 0, 0, 0) == counts(outcome)
    assert (samples.folder / name).read_bytes() == (samples.folder / f"again-{name}").read_bytes()


def test_importing_the_same_file_again_changes_nothing(samples):
    """All of it stands there already."""
    samples("export", "all.jsonl")
    done = samples("import", "all.jsonl")

    assert 0 == done.exit_code
    assert "24 read = 0 imported + 24 unchanged + 0 updated + 0 rejected" in done.stdout


def test_a_csv_export_writes_the_tidy_tables_side_by_side(samples):
    """The incidents go to the file that was named, the other five tables beside it; all are told."""
    done = samples("export", "year.csv")
    with (samples.folder / "year.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))

    assert 24 == len(rows)
    assert "year-causes.csv" in done.stderr
    assert (samples.folder / "year-actions.csv").exists()


def test_a_dry_run_writes_nothing(shell):
    """Neither a store nor a row: only what would happen is told."""
    done = shell("import", shell.write("one.json", {"title": "Late"}), "--dry-run")

    assert 0 == done.exit_code
    assert "1 read = 1 would be imported + 0 unchanged + 0 would be updated + 0 would be rejected" in done.stdout
    assert ["one.json"] == [file.name for file in shell.folder.iterdir()]


def test_a_dry_run_tells_new_from_changed_and_changes_nothing(shell):
    """The counts are those that the import itself comes to, and the store stays as it was."""
    mapping = shell.write("crm.toml", CRM)
    shell("import", shell.write("a.csv", "No,What,When\n1,Late,2026-03-02\n2,Lost,2026-03-02\n"), "--map", mapping)
    before = shell.json("list")
    news = "No,What,When\n1,Late,2026-03-02\n2,Found,2026-03-02\n3,New,2026-03-02\n4,Odd,soon\n"
    table = shell.write("b.csv", news)

    told = shell.json("import", table, "--map", mapping, "--dry-run")
    stands = shell.json("list")
    done = shell.json("import", table, "--map", mapping)

    assert [4, 1, 1, 1, 1] == [told[name] for name in ("read", "imported", "unchanged", "updated", "rejected")]
    assert (True, False) == (told["dry_run"], done["dry_run"])
    assert before == stands
    assert told | {"dry_run": False} == done


def test_a_file_that_the_store_refuses_counts_for_nothing(shell):
    """What was read stays the sum of the rest, also where the store says no."""
    shell("import", shell.write("a.json", {"id": "2026-001", "title": "Late"}))

    done = shell.json("import", shell.write("b.json", [{"title": "New"}, {"id": "2026-001", "title": "x"}]))

    assert [0, 0, 0, 0, 0] == [done[name] for name in ("read", "imported", "unchanged", "updated", "rejected")]
    assert "2026-001" in done["files"][0]["refused"]


def test_rejected_rows_are_told_kept_and_counted(shell):
    """Good rows go in; a bad one is told with its row and column, stands in the rejects file, and the code is 1."""
    table = shell.write("crm.csv", "No,What,When\n1,Late,2026-03-02T17:30:00Z\n2,Lost,soon\n")
    mapping = shell.write("crm.toml", CRM)
    done = shell("import", table, "--map", mapping, "--rejects", "rejects.csv")

    assert 1 == done.exit_code
    assert "2 read = 1 imported + 0 unchanged + 0 updated + 1 rejected" in done.stdout
    assert "row 3, column 'When'" in done.stderr
    assert "Lost" in (shell.folder / "rejects.csv").read_text()
    assert ["Late"] == [found["title"] for found in shell.json("list")]


def test_mended_rejects_can_be_imported(shell):
    """The rejects file, put right, goes in with the same mapping."""
    table = shell.write("crm.csv", "No,What,When\n1,Late,2026-03-02T17:30:00Z\n2,Lost,soon\n")
    mapping = shell.write("crm.toml", CRM)
    shell("import", table, "--map", mapping, "--rejects", "rejects.csv")
    titles, row = csv.reader((shell.folder / "rejects.csv").read_text().splitlines())
    with (shell.folder / "rejects.csv").open("w", newline="") as file:
        csv.writer(file).writerows([titles, [*row[:-1], "2026-03-03T09:00:00Z"]])
    outcome = shell.json("import", "rejects.csv", "--map", mapping)

    assert (1, 1, 0, 0, 0) == counts(outcome)


def test_twenty_problems_are_told_and_json_tells_all(shell):
    """A terminal is not flooded; the whole list is one option away."""
    rows = "".join(f"{number},Lost,soon\n" for number in range(30))
    table, mapping = shell.write("crm.csv", f"No,What,When\n{rows}"), shell.write("crm.toml", CRM)
    done = shell("import", table, "--map", mapping)

    assert 20 == done.stderr.count("column 'When'")
    assert "10 more problems" in done.stderr
    assert 30 == len(shell.json("import", table, "--map", mapping)["files"][0]["problems"])


def test_several_files_are_counted_together_and_apart(shell):
    """One that can't be read does not keep the others out."""
    one, two = shell.write("one.json", {"title": "Late"}), shell.write("two.json", [{"title": "Lost"}])
    outcome = shell.json("import", one, "nix.json", two)

    assert (2, 2, 0, 0, 0) == counts(outcome)
    assert [1, 0, 1] == [file["read"] for file in outcome["files"]]
    assert "there is no such file" in outcome["files"][1]["refused"]
    assert 1 == shell("import", one, "nix.json").exit_code


def test_the_mapping_that_fits_is_taken_and_named(shell):
    """A table whose header only one shipped mapping knows needs no --map."""
    header = (
        "IncidentNumber,ReportedDate,CompanyName_EN,PipelinePhase_EN,IncidentType_EN_LIST,ApproximateVolumeM3,"
        "SubstanceName_EN,ReleaseType_EN,IncidentStatus_EN,NearestPopulationCenter_EN,ProvinceName_EN,Latitude,"
        "Longitude,WerePipelineSystemComponentsInvolved,PipelineComponent_EN_LIST,WhatHappened_EN_LIST,"
        "WhyItHappened_EN_LIST"
    )
    row = "INC1,2020-01-02T00:00:00,A,Operation,Fire,1,Gas,No,Closed,Town,Alberta,1,1,Yes,Valve,Failure,Maintenance"
    done = shell("import", shell.write("table.csv", f"{header}\n{row}\n"))

    assert 0 == done.exit_code
    assert "through the mapping 'cer'" in done.stderr


def test_a_table_that_no_mapping_fits_is_refused_with_what_would_do(shell):
    """Its header is told, and how a mapping begins."""
    done = shell("import", shell.write("table.csv", "A,B\n1,2\n"))

    assert 1 == done.exit_code
    assert "a table needs a mapping, which says what its columns mean; its header is: A, B" in done.stderr


def test_rejects_of_several_files_are_wrong_usage(shell):
    """One list for the rows of several files could not be imported again."""
    done = shell("import", "one.csv", "two.csv", "--rejects", "rejects.csv")

    assert 2 == done.exit_code


def test_nothing_is_imported_when_the_rejects_can_not_be_written(shell):
    """The rejects file is checked first."""
    table, mapping = shell.write("crm.csv", "No,What,When\n1,Late,2026-03-02T17:30:00Z\n"), shell.write("c.toml", CRM)
    done = shell("import", table, "--map", mapping, "--rejects", "rejects.jsonl")

    assert 1 == done.exit_code
    assert [] == shell.json("list")


def test_json_is_one_document_and_nothing_else(shell):
    """Also where rows are rejected: standard output can be read by a program."""
    done = shell("import", shell.write("bad.json", [{"titel": "Late"}]), "--json")

    assert 1 == done.exit_code
    assert (1, 0, 0, 0, 1) == counts(json.loads(done.stdout))
    assert ["There was no store at"] == [line[:21] for line in done.stderr.splitlines()]


def test_pages_are_mended_in_a_folder_and_come_back(samples):
    """Out, a word mended, in: one incident is updated, and the next export has nothing to write for it."""
    first = samples.json("export", "wiki/")
    page = samples.folder / "wiki" / "2025-005.md"
    page.write_text(page.read_text("utf-8").replace("# Phone and internet", "# Phones and internet"), "utf-8")
    refused = samples("export", "wiki/")
    names = [str(path) for path in sorted((samples.folder / "wiki").iterdir())]
    outcome = samples.json("import", *names)
    again = samples.json("export", "wiki")

    assert (24, 24) == (first["incidents"], len(first["written"]))
    assert 1 == refused.exit_code
    assert "2025-005.md: was mended by hand and not imported; import it first, or export --replace" in refused.stderr
    assert (24, 0, 23, 1, 0) == counts(outcome)
    assert ["2025-005.md"] == [name.rpartition("/")[2] for name in again["written"]]
    assert samples.json("show", "2025-005")["title"].startswith("Phones and internet")


def test_a_page_goes_into_an_empty_store_without_loss(samples):
    """What was written as pages and what was written as lines is the same."""
    samples("export", "wiki/")
    samples("export", "all.jsonl")
    samples("import", *[str(path) for path in sorted((samples.folder / "wiki").iterdir())], "--store", "second.db")
    samples("export", "again.jsonl", "--store", "second.db")

    assert (samples.folder / "all.jsonl").read_bytes() == (samples.folder / "again.jsonl").read_bytes()


def test_prose_is_taken_in_once(shell):
    """A post-mortem in Markdown is one incident, and a second import changes nothing."""
    shell.write("a.md", "# Disk full\n\n## Root Cause\n\nNo alert\n")
    first, second = shell.json("import", "a.md"), shell.json("import", "a.md")

    assert (1, 1, 0, 0, 0) == counts(first)
    assert (1, 0, 1, 0, 0) == counts(second)
    assert ["Disk full"] == [found["title"] for found in shell.json("list")]


@pytest.mark.parametrize("name", ["year.xlsx", "year.parquet"])
def test_the_tables_are_written_by_suffix(samples, name):
    """A workbook is one file; Parquet has one for each table."""
    done = samples.json("export", name)

    assert 24 == done["incidents"]
    assert (1 if name.endswith("xlsx") else len(TABLES)) == len(done["written"])
    assert (samples.folder / name).stat().st_size > 1000


def test_a_team_names_its_own_headings(shell, tmp_path):
    """What a heading means is data; a post-mortem in another language is read as one."""
    (tmp_path / "panne.md").write_text("# Verspätung\n\n## Ursachen\n\n- Zu wenig Zeit\n", encoding="utf-8")
    (tmp_path / "de.toml").write_text('[headings]\ncauses = ["ursachen"]\n', encoding="utf-8")
    (tmp_path / "wrong.toml").write_text('[headins]\ncauses = ["ursachen"]\n', encoding="utf-8")
    assert 0 == shell("import", "panne.md", "--headings", "de.toml").exit_code
    told = shell.json("show", shell.json("list")[0]["incident_id"])
    refused = shell("import", "panne.md", "--headings", "wrong.toml")

    assert ["Zu wenig Zeit"] == [why["text"] for why in told["whys"]]
    assert 1 == refused.exit_code
    assert "did you mean 'headings'?" in refused.stderr


def test_several_files_are_counted_together(shell):
    """The last line sums them, the refused one beside them; one file alone needs no sum."""
    one, two = shell.write("one.json", [{"title": "Late"}]), shell.write("two.json", [{"title": "Lost"}])
    done = shell("import", one, two, "no-such.json")

    assert "3 files together: 2 read = 2 imported + 0 unchanged + 0 updated + 0 rejected; 1 file refused" in done.stdout
    assert "together" not in shell("import", one).stdout


def test_a_folder_that_was_exported_is_imported_as_it_stands(samples):
    """Its pages, one an incident; a folder without pages is refused."""
    samples("export", "wiki/")
    page = samples.folder / "wiki" / "2025-005.md"
    page.write_text(page.read_text(encoding="utf-8").replace("Nine offices", "Nine small offices"), encoding="utf-8")
    (samples.folder / "empty").mkdir()
    outcome = samples.json("import", "wiki")

    assert (24, 0, 23, 1, 0) == counts(outcome)
    assert "this is a folder" in samples("import", "empty").stderr


def test_a_store_that_was_not_there_is_told_of_once(shell):
    """A name that was mistyped would look like a store that lost everything."""
    first, again = shell("list", "--store", "tpyo/year.db"), shell("list", "--store", "tpyo/year.db")

    assert "There was no store at sqlite:///tpyo/year.db: a new, empty one was made." in first.stderr
    assert "There was no store" not in again.stderr


def test_an_amount_with_the_sign_of_another_currency_than_the_teams_is_a_reject(shell):
    """Dollars are not taken for the euros of the playbook."""
    mapping = shell.write("crm.toml", CRM + 'Paid = "impact.customer_cost"\n')
    table = shell.write("a.csv", "No,What,When,Paid\n1,Late,2026-03-02,$20\n2,Lost,2026-03-02,20\n")
    told = shell.json("import", table, "--map", mapping)

    assert (2, 1, 0, 0, 1) == counts(told)
    assert "'$20' is not in EUR, as the team's records are" in json.dumps(told)
