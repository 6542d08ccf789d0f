// What we owe, as four facts.
