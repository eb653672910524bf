"""The aggregate, one stream for each grant: its facts, what is folded from them for every stage, the command handler.
It knows no stage."""
