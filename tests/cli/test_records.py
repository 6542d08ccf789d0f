"""Looking at incidents, asking what is missing, and saving one from a file."""

from __future__ import annotations

import json

import pytest


def test_the_list_fits_80_columns_with_the_newest_first(samples):
    """A calm table: one line an incident."""
    lines = samples("list").stdout.splitlines()

    assert 25 == len(lines)
    assert lines[1].startswith("2026-004")
    assert 80 >= max(map(len, lines))


def test_a_wide_sign_takes_two_columns(shell):
    """Titles in any script keep within the line."""
    shell("new", shell.write("it.json", {"title": "東京" * 40}))
    line = shell("list").stdout.splitlines()[1]

    assert 80 >= sum(2 if sign > "\u2e80" else 1 for sign in line)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--severity", "critical"], {"2025-019"}),
        (["--text", "TESTER switch"], {"2025-005"}),
        (["--since", "2026-02-11"], {"2026-003", "2026-004"}),
        (["--until", "2025-01-29"], {"2025-001", "2025-002"}),
        (["--state", "draft", "--state", "recovering"], {"2026-003", "2026-004"}),
    ],
)
def test_filters_narrow_the_list(samples, words, expected):
    """Each by itself; repeated, either will do."""
    assert expected == {found["incident_id"] for found in samples.json("list", *words)}


def test_a_list_that_finds_nothing_says_so(samples):
    """An empty answer is a sentence for people, and an empty list for programs."""
    assert "None of 24 incidents fits." in samples("list", "--text", "unicorn").stderr
    assert [] == samples.json("list", "--text", "unicorn")


def test_a_team_that_is_written_otherwise_is_offered(samples):
    """A name that no incident has is told; one that there is, is not the reason."""
    wrong = samples("list", "--team", "Feild service").stderr
    late = samples("list", "--team", "Field service", "--since", "2030-01-01").stderr

    assert "No incident has the team 'Feild service'; did you mean 'Field service'?" in wrong
    assert "None of 24 incidents fits.\n" == late
    assert "No incident has the service 'xyz'." in samples("list", "--service", "xyz").stderr


def test_an_edit_that_changes_nothing_says_that(samples):
    """No revision is claimed that was not made."""
    file = samples.write("it.json", samples.json("show", "2025-005"))

    assert "2025-005 unchanged, it stands so as revision 1: " in " ".join(
        samples("edit", "2025-005", file).stdout.split()
    )


def test_an_empty_store_says_how_to_begin(shell):
    """Nobody is left in front of an empty table."""
    assert "postmortem sample" in shell("list").stderr
    assert "postmortem sample" in shell("check").stderr
    assert "There is no incident yet in sqlite:///data/postmortem.db: " in shell("list").stderr


def test_showing_tells_facts_whys_causes_and_actions(samples):
    """The whole record on a page of 80 columns, in the zone it was told in."""
    page = samples("show", "2025-005").stdout

    assert page.startswith("2025-005  Phone and internet not reconnected after a line repair\n")
    assert "Occurred        27 Mar 2025, 10:55 (Europe/London)" in page
    assert "O1.1.1 Our testers run on mains only" in page
    assert "c2  system: The job sheet ends at the repaired line" in page
    assert "a2  Replace the mains testers by testers with a battery (remove the step," in page
    assert 80 >= max(map(len, page.splitlines()))


def test_showing_tells_what_was_said_talk_by_talk(samples):
    """Each with its time, its way and who spoke; and what is written for the next one."""
    document = samples.json("show", "2025-005")
    document["recovery"]["wording"] = "One more word"
    samples("edit", "2025-005", samples.write("it.json", document))
    said = " ".join(samples("show", "2025-005").stdout.split()).partition("Said to them ")[2].partition(" Why ")[0]

    assert said.startswith("27 Mar 2025, 15:58, by phone, Desk lead: We left your main switch unplugged when we went")
    assert " 3 Apr 2025, 09:30, in person, " in said
    assert said.endswith("for the next talk: One more word")


def test_showing_as_json_gives_the_document(samples):
    """What `show --json` prints is what an import takes."""
    document = samples.json("show", "2025-005")

    assert ("2025-005", 1) == (document["id"], document["revision"])
    assert 0 == samples("import", samples.write("it.json", document)).exit_code


def test_typed_control_characters_never_reach_the_terminal(shell):
    """A title can't colour the screen, ring the bell or turn the writing around."""
    shell("new", shell.write("it.json", {"title": "red\x1b[31m bell\x07 turned\u202e", "team": "a\x1b]0;x\x07"}))
    printed = "".join(shell(*words).output for words in (["list"], ["show", "2026-001"], ["check"]))

    assert not {"\x1b", "\x07", "\u202e"} & set(printed)


def test_history_tells_who_saved_what_when(samples):
    """One line a revision, and a document for programs."""
    samples("edit", "2025-005", samples.write("it.json", samples.json("show", "2025-005") | {"team": "Lines"}))
    revisions = samples.json("history", "2025-005")

    assert [(1, "samples"), (2, "Ana")] == [(revision["number"], revision["by"]) for revision in revisions]
    assert {"number", "at", "by", "note", "deed"} == set(revisions[0])
    assert "from it.json" in samples("history", "2025-005").stdout


def test_an_older_revision_can_be_shown(samples):
    """Nothing that was saved is lost."""
    samples("edit", "2025-005", samples.write("it.json", samples.json("show", "2025-005") | {"team": "Lines"}))

    assert "Field service" == samples.json("show", "2025-005", "--revision", "1")["team"]
    assert "Lines" == samples.json("show", "2025-005")["team"]


def test_check_gives_findings_in_the_promised_shape(samples):
    """Each with its incident, rule, level, place, message and remedy."""
    found = samples.json("check", "2025-005")

    assert {"incident_id", "rule", "level", "where", "message", "remedy"} <= set(found[0])
    assert {"2025-005"} == {finding["incident_id"] for finding in found}


def test_check_ends_with_0_while_no_error_stands(samples):
    """Warnings and hints never stop a script."""
    done = samples("check")

    assert 0 == done.exit_code
    assert "24 incidents looked at: " in done.stderr


def test_check_names_records_that_were_each_made_while_handling_the_other(shell):
    """What comes from a file stays as it came; only several records together tell it (R4)."""
    kind = "made while handling"
    records = [
        {"title": "Late", "id": "2026-001", "links": [{"incident_id": "2026-002", "kind": kind}]},
        {"title": "Lost", "id": "2026-002", "links": [{"incident_id": "2026-001", "kind": kind}]},
        {"title": "Rude", "id": "2026-003", "links": [{"incident_id": "2026-001", "kind": kind}]},
    ]
    shell("import", shell.write("them.json", records))
    found = [finding for finding in shell.json("check") if finding["where"] == "links"]

    assert ["2026-001", "2026-002"] == [finding["incident_id"] for finding in found]
    assert {("R4", "warning")} == {(finding["rule"], finding["level"]) for finding in found}
    assert "2026-001 → 2026-002 → 2026-001" in " ".join(shell("check").stdout.split())
    assert [] == [finding for finding in shell.json("check", "2026-003") if finding["where"] == "links"]


def test_check_names_what_is_carried_over_to_no_record(shell):
    """Also where one record is looked at alone; an address of something elsewhere is left as it is (R4)."""
    plan = [{"id": "a1", "text": "Sort", "carried_to": "2026-02"}, {"id": "a2", "text": "See", "carried_to": "x://y"}]
    records = [
        {"title": "Late", "id": "2026-001", "actions": plan},
        {"title": "Lost", "id": "2026-002", "actions": [{"id": "a1", "text": "Find", "carried_to": "2026-001"}]},
    ]
    shell("import", shell.write("them.json", records))
    found = [finding for finding in shell.json("check") if finding["where"].endswith("carried_to")]

    assert [("2026-001", "actions.a1.carried_to", "did you mean 2026-002?")] == [
        (finding["incident_id"], finding["where"], finding["remedy"]) for finding in found
    ]
    alone = [it for name in ("2026-001", "2026-002") for it in shell.json("check", name)]
    assert found == [finding for finding in alone if finding["where"].endswith("carried_to")]


def test_check_ends_with_1_when_an_error_stands(shell):
    """A closed record with a root and no action could not have been closed."""
    whys = [{"id": "w1", "text": "No closing list", "status": "confirmed"}]
    record = {"title": "Dead line", "state": "closed", "whys": whys, "causes": [{"id": "c1", "why": "w1"}]}
    shell("import", shell.write("it.json", record))
    done = shell("check")

    assert "error" in {finding["level"] for finding in shell.json("check")}
    assert 1 == done.exit_code
    assert "2026-001  Dead line\n  error    R" in done.stdout


def test_check_for_a_state_lists_what_it_waits_for_and_nothing_else(shell):
    """Each fact with its rule and its field, in the shape of every finding; 0 where nothing is missing."""
    shell("new", shell.write("it.json", {"title": "Dead line", "owner": "Desk lead"}))
    done = shell("check", "2026-001", "--for", "analysing")
    found = shell.json("check", "--for", "analysing")

    assert 1 == done.exit_code
    assert "R6 how bad it was is not answered; answer the first question on it [impact.harm]" in " ".join(
        done.stdout.split()
    )
    assert ["R12", "R12", "R6", "R18", "R18"] == [finding["rule"] for finding in found]
    assert {"incident_id", "rule", "level", "where", "message", "remedy", "stage"} == set(found[0])
    assert 0 == shell("check", "--for", "recovering").exit_code
    assert 2 == shell("check", "--for", "reopened").exit_code


def test_an_edited_file_that_says_an_effect_failed_opens_the_record_again(samples):
    """Whichever way it is said (R36, R39)."""
    closed = samples.json("show", "2025-017")
    held = next(action for action in closed["actions"] if action["effect"]["result"] == "held")
    held["effect"]["result"] = "not held"
    samples("edit", "2025-017", samples.write("it.json", closed))

    assert "reopened" == samples.json("show", "2025-017")["state"]


def test_an_edited_file_is_no_way_past_a_gate(samples):
    """R39: what the state lacks is told, and nothing is written; with every fact there it says when it was closed."""
    acting = samples.json("show", "2025-017")
    acting |= {"state": "acting", "fixed_at": None, "recovery": {}}
    unsaid = samples("edit", "2025-017", samples.write("back.json", acting))
    samples("edit", "2025-017", samples.write("back.json", acting | {"reopened_because": "They rang"}))
    refused = samples("edit", "2025-017", samples.write("on.json", acting | {"revision": 0, "state": "closed"}))

    assert "opened again for a reason: say why in “reopened_because”" in " ".join(unsaid.stderr.split())
    assert 0 != refused.exit_code
    assert "it can't be “closed” yet" in refused.stderr
    assert "acting" == samples.json("show", "2025-017")["state"]


def test_an_edited_file_does_not_take_the_owner_out(samples):
    """R2: the recovery has begun, so somebody owns it."""
    told = samples.json("show", "2025-017") | {"owner": ""}
    refused = samples("edit", "2025-017", samples.write("it.json", told))

    assert 0 != refused.exit_code
    assert "name who owns it now" in " ".join(refused.stderr.split())
    assert samples.json("show", "2025-017")["owner"]


def test_a_new_file_is_no_way_past_a_gate_either(shell):
    """R39: what a person writes by hand comes from a draft; what another system closed is taken as it is."""
    file = shell.write("it.json", {"title": "Gas", "state": "closed", "impact": {"harm": "life-threatening"}})
    refused = shell("new", file)

    assert 0 != refused.exit_code
    assert "it can't be “closed” yet" in refused.stderr
    assert "leave “state” out" in refused.stderr
    assert [] == shell.json("list")
    shell("import", file)
    assert "closed" == shell.json("show", "2026-001")["state"]


def test_a_closed_revision_is_brought_back_open_and_that_is_said(samples):
    """R36: an effect that failed is not forgotten by going back to the time before."""
    closed = samples.json("show", "2025-017")
    held = next(action for action in closed["actions"] if action["effect"]["result"] == "held")
    held["effect"]["result"] = "not held"
    samples("edit", "2025-017", samples.write("it.json", closed))
    done = samples("revert", "2025-017", "--revision", "1")

    assert "2025-017 saved as revision 3" in done.stdout
    assert "it was “closed”, and stays “reopened” until it is taken on again" in " ".join(done.stderr.split())
    assert "reopened" == samples.json("show", "2025-017")["state"]


def test_a_new_incident_can_begin_with_the_template(shell):
    """What `new` prints, `new FILE` takes."""
    done = shell("new", shell.write("it.json", shell("new").stdout), "--json")

    assert "2026-001" == json.loads(done.stdout)["id"]


def test_a_new_incident_can_be_written_as_toml(shell):
    """With TOML's own dates."""
    shell("new", shell.write("it.toml", 'title = "Late"\noccurred_at = 2026-03-02T17:30:00+01:00\n'))

    assert "2026-03-02T16:30:00Z" == shell.json("show", "2026-001")["occurred_at"]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("it.json", '{"titel": "Late"}', "did you mean 'title'?"),
        ("it.toml", "title = ", "not TOML"),
        ("it.txt", "Late", "expected a .json or .toml file"),
        ("it.json", '{"title": "Late", "revision": 3}', "postmortem edit"),
    ],
)
def test_a_file_that_will_not_do_is_refused_with_its_place(shell, name, content, said):
    """All at once, with near names."""
    done = shell("new", shell.write(name, content))

    assert 1 == done.exit_code
    assert said in done.stderr


def test_an_edit_on_top_of_an_older_revision_is_refused(samples):
    """Nobody's work is written over unseen."""
    old = samples.json("show", "2025-005")
    samples("edit", "2025-005", samples.write("a.json", old | {"team": "Lines"}), "--by", "Ben")
    done = samples("edit", "2025-005", samples.write("b.json", old | {"team": "Copper"}))

    assert 1 == done.exit_code
    assert "Ben saved revision 2" in done.stderr
    assert "Lines" == samples.json("show", "2025-005")["team"]


def test_an_edit_of_another_incident_is_refused(samples):
    """The id in the file and the id in the command are the same one."""
    done = samples("edit", "2025-006", samples.write("it.json", samples.json("show", "2025-005")))

    assert 1 == done.exit_code


def edited(shell, identifier="2025-005", **changes):
    """Save an edit of an incident as the next revision."""
    return shell("edit", identifier, shell.write("it.json", shell.json("show", identifier) | changes))


def test_history_tells_what_each_revision_changed(samples):
    """In words a terminal can show without colour."""
    edited(samples, title="Phone not reconnected after a line repair", team="")
    page = samples("history", "2025-005", "--changes").stdout

    assert "  ~ What went wrong, in one line: Phone [-and internet-] not reconnected after a\n" in page
    assert "  - Team: Field service\n" in page
    assert "  + Why: The main switch stayed unplugged when the repair was over" in page
    assert 80 >= max(map(len, page.splitlines()))


def test_history_of_one_revision_tells_only_that_one(samples):
    """What it changed, and who it was."""
    edited(samples, team="Lines")
    lines = samples("history", "2025-005", "--revision", "2").stdout.splitlines()

    assert "  ~ Team: [-Field service-] {+Lines+}" == lines[-1]
    assert lines[1].startswith("2 ")
    assert 1 == samples("history", "2025-005", "--revision", "9").exit_code


def test_changes_as_json_are_data(samples):
    """With the pieces that a program can draw."""
    edited(samples, team="Lines")
    (change,) = samples.json("history", "2025-005", "--changes")[-1]["changes"]

    assert ("team", "Team", "changed", "Field service", "Lines") == tuple(
        change[name] for name in ("place", "label", "kind", "before", "after")
    )
    assert [{"kind": "removed", "text": "Field service"}, {"kind": "added", "text": "Lines"}] == change["pieces"]


def test_any_revision_can_be_brought_back(samples):
    """What stood until then is kept."""
    before = samples.json("show", "2025-005")
    edited(samples, team="Lines")
    done = samples("revert", "2025-005", "--revision", "1", "--note", "it was right")

    assert "2025-005 saved as revision 3" in done.stdout
    assert before | {"revision": 3} == samples.json("show", "2025-005")
    assert ("restore", "it was right") == tuple(samples.json("history", "2025-005")[-1][it] for it in ("deed", "note"))


def test_deleting_asks_first(samples):
    """A no deletes nothing; without anybody to ask neither."""
    refused = samples("delete", "2025-005", input="n\n")

    assert 1 == refused.exit_code
    assert "Delete 2025-005, Phone and internet not reconnected after a line repair?" in refused.stderr
    assert "Nothing was deleted." in refused.stderr
    assert 1 == samples("delete", "2025-005").exit_code
    assert 24 == len(samples.json("list"))


def test_what_was_deleted_is_listed_and_comes_back(samples):
    """With who and when, and how."""
    deleted = samples("delete", "2025-005", "--yes", "--note", "told twice")
    listed = samples("list", "--deleted")
    shown = samples("show", "2025-005")

    assert "postmortem revert 2025-005 --revision 2" in deleted.stderr
    assert 23 == len(samples.json("list"))
    assert "2025-005" in listed.stdout
    assert [("2025-005", "Ana", "told twice", 2)] == [
        (it["incident_id"], it["by"], it["note"], it["revision"]) for it in samples.json("list", "--deleted")
    ]
    assert "was deleted by Ana" in shown.stderr
    assert 0 == samples("revert", "2025-005", "--revision", "2").exit_code
    assert 24 == len(samples.json("list"))
    assert "Nothing is deleted." in samples("list", "--deleted").stderr


def test_what_was_deleted_takes_no_filters(samples):
    """It stands in no table that they could look in."""
    assert 2 == samples("list", "--deleted", "--team", "Field service").exit_code


def test_typed_control_characters_never_reach_the_terminal_by_way_of_the_history(shell):
    """Neither as what was changed nor as a note."""
    shell("new", shell.write("it.json", {"title": "red\x1b[31m bell\x07", "team": "turned\u202e"}))
    edited(shell, "2026-001", title="red\x1b[32m", learned=["a\x1b]0;x\x07"])
    shell("delete", "2026-001", "--yes", "--note", "\x1b[31m")
    printed = "".join(shell(*words).output for words in (["history", "2026-001", "--changes"], ["list", "--deleted"]))

    assert not {"\x1b", "\x07", "\u202e"} & set(printed)
