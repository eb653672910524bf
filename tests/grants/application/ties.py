"""What the tests of ties build, for other tests to use as well."""

from datetime import date

from services.grants.case.events.application import TieRecorded

NUMBER = "974760673"
recorded = TieRecorded(
    organisation_number=NUMBER, person="kari", kind="board-member", recorded_on=date(2020, 1, 2), recorded_by="kari"
)
