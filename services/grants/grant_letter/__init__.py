"""Grant letters: what they say, how they are set and frozen, that they are out, and the permit each is sent by."""
