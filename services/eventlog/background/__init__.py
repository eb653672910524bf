"""Tasks and long work beside the answering: looked for, done aside, and ended."""
