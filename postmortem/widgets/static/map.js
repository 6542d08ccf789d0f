// The cause map, left to right: the same tree as the outline, for the wall.
