"""A guard against work without an end: it counts the processor's time, not the clock's."""

from __future__ import annotations

import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType


class HangError(AssertionError):
    """Something went on far beyond what it may take."""


@contextmanager
def ends(within_s: float = 60) -> Iterator[None]:
    """Stop what runs below once it has used so many seconds of the processor; machines that are busy don't count."""

    def stop(_number: int, _frame: FrameType | None) -> NoReturn:
        raise HangError(f"not done after {within_s:g} s of the processor's time")

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, within_s)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
