"""What the tests of advisory locks build, for other tests to use as well."""

# Every number, what it is for, and the functions in the database that take it.
PURPOSES: dict[int, tuple[str, set[str]]] = {
    7402020: ("the order of the grants log, while an upgrade from before it was a table's is under way", set()),
    7402021: ("the same of the notifications log", set()),
    7_215_201_920_200_001: ("one migration at a time", set()),
    7_215_201_920_200_002: ("one process makes roles at a time", set()),
}
