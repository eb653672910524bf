"""Everybody who has to do with notices and letters, at an office where the days go by."""

from tests.journeys.duties.walking import signed
from tests.notifications.office import Office

OTHERS = {"directorate": ("oskar", "berit"), "ministry": ("marit", "morten")}
WHY = {"reason": "Derfor."}


class Everybody(Office):
    """An office where everybody holds every role, and may come from either issuer."""

    def signed(self, person: str) -> dict[str, str]:
        return signed(self.settings, person)
