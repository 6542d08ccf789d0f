"""Where incidents are kept, and every revision of them."""

from postmortem.store.catalogue import Summary
from postmortem.store.earlier import OpenAction, OpenTopic, PastAction, PastCause
from postmortem.store.errors import ConflictError, DeletedIncidentError, StoreError, UnknownIncidentError
from postmortem.store.frames import Tables
from postmortem.store.history import Deleted, Revision
from postmortem.store.importing import ImportCounts
from postmortem.store.promised import NOBODY, Due
from postmortem.store.rounds import Idea, Round
from postmortem.store.store import Store, open_store
from postmortem.store.together import Present, Standing

__all__ = [
    "NOBODY",
    "ConflictError",
    "Deleted",
    "DeletedIncidentError",
    "Due",
    "Idea",
    "ImportCounts",
    "OpenAction",
    "OpenTopic",
    "PastAction",
    "PastCause",
    "Present",
    "Revision",
    "Round",
    "Standing",
    "Store",
    "StoreError",
    "Summary",
    "Tables",
    "UnknownIncidentError",
    "open_store",
]
