"""Opening what a notebook works on: a store that is open already, or one by its path or address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from postmortem.record.playbook import load_playbook
from postmortem.store import Store, open_store

if TYPE_CHECKING:
    import os


def opened(
    store: Store | str | os.PathLike[str] | None = None, *, playbook: str | os.PathLike[str] | None = None
) -> Store:
    """The store that a notebook names.

    Args:
        store: An open store, a path or a URL; by default `POSTMORTEM_STORE`.
        playbook: A team's own playbook file, for a store that is not open yet; by default `POSTMORTEM_PLAYBOOK`.

    Raises:
        PostmortemError: If the store or the playbook can't be opened.
    """
    return store if isinstance(store, Store) else open_store(store, playbook=load_playbook(playbook))
