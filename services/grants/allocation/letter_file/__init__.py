"""The file a controller writes beside a letter, read strictly, in a process of its own."""
