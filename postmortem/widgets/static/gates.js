// What the next state waits for.
