"""What a record needs before it may stand in a state (R7, R39): facts that are looked for, one gate each."""

from postmortem.record.gates.customer import UNNAMED
from postmortem.record.gates.passage import CHECKS, WAY, Missing, asked, missing, next_state, problems_of, states_up_to

__all__ = ["CHECKS", "UNNAMED", "WAY", "Missing", "asked", "missing", "next_state", "problems_of", "states_up_to"]
