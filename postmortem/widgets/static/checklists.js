// Checklists and their uses.
