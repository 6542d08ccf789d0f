"""The guard itself: without it a search that never ends would look like a slow machine."""

from __future__ import annotations

import re
import time

import pytest

from tests import hang


def test_a_search_that_does_not_end_is_stopped():
    """Also inside the regular expressions, where the time goes."""
    with pytest.raises(hang.HangError, match=r"not done after 0\.2 s"), hang.ends(within_s=0.2):
        re.match(r"(a+)+$", "a" * 40 + "b")


def test_what_only_waits_is_not_stopped():
    """A machine that does something else is no fault of the test."""
    with hang.ends(within_s=0.05):
        time.sleep(0.2)

    assert hang.HangError is not None
