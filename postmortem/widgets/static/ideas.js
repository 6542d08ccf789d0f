// A round of silent ideas: everyone writes alone, then all are shown together.
