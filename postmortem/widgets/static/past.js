// What is still open from before, and what was met before.
