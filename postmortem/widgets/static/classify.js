// The kinds of cause: the questions that narrow them, and two people's opinions side by side.
