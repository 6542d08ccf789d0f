"""The seven stages: each says what its panel shows, and what can be done in it."""

from postmortem.widgets.stages import act, classify, evaluate, recover, review, tell, why

__all__ = ["act", "classify", "evaluate", "recover", "review", "tell", "why"]
