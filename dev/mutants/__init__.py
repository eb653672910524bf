"""`make mutants`: small wrong changes to the rules, one at a time, each of which some test must fail for.

`mutmut` makes them, with a few operators of our own for what goes wrong where a rule covers several of a thing, and
runs the tests that reach the changed function. It works on a copy in a temporary folder; nothing here is touched. What
survives is named in survivors.toml with its reason, by what the line says before and after, not by number.
"""
