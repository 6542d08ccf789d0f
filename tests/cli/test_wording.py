"""The words to the customer from a shell: one way to say it, and how given words may be heard."""

from __future__ import annotations

import json


def test_a_proposal_is_printed_for_the_steps_that_were_named(samples):
    """By number or id; what the record does not tell yet stands below."""
    done = samples("wording", "2025-005", "--steps", "1,apologise")

    assert 0 == done.exit_code
    assert done.stdout.startswith("1. Explain the mistake")
    assert "That was our mistake, and I am sorry." in " ".join(done.stdout.split())


def test_each_tone_says_it_in_its_own_way(samples):
    """And a tone that is not there is refused with a near name."""
    assert "truly sorry" in samples("wording", "2025-005", "--steps", "2", "--tone", "warm").stdout
    refused = samples("wording", "2025-005", "--tone", "warn")

    assert 1 == refused.exit_code
    assert "there is no tone 'warn'; did you mean 'warm'?" in refused.stderr


def test_a_step_without_words_or_of_no_procedure_is_refused(samples):
    """With what would do."""
    assert "nothing is said in step 5" in samples("wording", "2025-005", "--steps", "5").stderr
    assert "did you mean 'apologise'?" in samples("wording", "2025-005", "--steps", "apologize").stderr


def test_words_in_a_file_are_heard(samples):
    """Each place with its letter and a better form."""
    (samples.folder / "words.txt").write_text("Sorry if you were upset, but we were busy.", encoding="utf-8")
    done = samples("wording", "2025-005", "--check", "words.txt")

    assert "How it may be heard" in done.stdout
    assert "  a  Not an apology." in done.stdout
    assert "  b  “But” takes the apology back." in done.stdout
    assert "  -  No admission yet." in done.stdout


def test_json_gives_all_of_it(samples):
    """The steps, the proposal, and what may be heard."""
    told = json.loads(samples("wording", "2025-005", "--steps", "1", "--json").stdout)

    assert ["explain-mistake"] == told["steps"]
    assert [] == told["heard"]
    assert "That was our mistake." in told["proposal"]["text"]
