"""Seconds of a round of awards approved and of a per-capita file taken and approved, in the tree that stands in the
working directory, as JSON. Asked by `bench.beside`.
"""

import json
import sys

from bench.ground import ground
from bench.rounds import Office, _approved, _imported, register  # the same names in both trees
from bench.serving import served


def main() -> None:
    """One round of each is thrown away, and so many are told."""
    with ground() as here:
        register(here, "named")
        register(here, "per-capita")
        with served(here) as (base_url, issuer):
            office = Office(base_url, issuer)
            told = {
                "a round of 1,000 awards approved": [pair.mine for pair in _approved(here, office)],
                "a file of 5,000 per-capita lines": [pair.mine for pair in _imported(here, office)],
            }
    json.dump(told, sys.stdout)


if __name__ == "__main__":
    main()
