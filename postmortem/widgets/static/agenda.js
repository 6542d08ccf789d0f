// Before and after the meeting: agenda, invitation, who speaks, two questions.
