// What is due.
