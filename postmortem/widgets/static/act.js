// Actions: the ladder of strength, and what would be one rung stronger.
