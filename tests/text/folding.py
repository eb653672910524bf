"""What the tests of folding build, for other tests to use as well."""

SPELLINGS = (
    "år\N{BRAILLE PATTERN BLANK}1",
    "å\N{MUSICAL SYMBOL NULL NOTEHEAD}r 1",
    "år\N{NO-BREAK SPACE}1",
    "år  1",
    " år 1 ",
    "år\N{NARROW NO-BREAK SPACE}1",
    "år\t1",
    "år \N{ZERO WIDTH SPACE}1",
    "å\N{SOFT HYPHEN}r 1",
    "\N{ZERO WIDTH NO-BREAK SPACE}år 1",
    "ÅR 1",
    "a\N{COMBINING RING ABOVE}r 1",
    "år \N{FULLWIDTH DIGIT ONE}",
    "år \N{SUPERSCRIPT ONE}",
    "\N{ANGSTROM SIGN}r 1",
)
