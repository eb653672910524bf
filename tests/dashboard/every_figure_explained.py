"""What the tests of every figure explained build, for other tests to use as well."""

import re
from collections import Counter

from services.dashboard.sign_in.access import AUDIT, RECEIVERS, TRYING_OUT

OF_NO_DAY = (RECEIVERS, TRYING_OUT, AUDIT)
UNOPENED = "/poster/2020/291/62"
DAY = "gjelder=2020-12-31"


def shape(address: str) -> str:
    """What kind of page or figure an address is of: without its numbers and names."""
    named = re.sub(r"(ordninger|ordning)/[^/?]+", r"\1/#", address.partition("?")[0])
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9]+", "#", named)


class AFew:
    """Lets so many of each kind through, each once."""

    def __init__(self, of_each: int) -> None:
        self.of_each, self.met, self.counted = of_each, set[str](), Counter[str]()

    def __call__(self, address: str) -> bool:
        if address in self.met or self.counted[shape(address)] >= self.of_each:
            return False
        self.met.add(address)
        self.counted[shape(address)] += 1
        return True
