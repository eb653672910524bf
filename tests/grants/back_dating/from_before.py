"""What is said to be from before this system, for the tests of days."""

from datetime import date

from services.grants.case.events.award import AwardImportProposed


def outside(day: date) -> AwardImportProposed:
    """An award that somebody claims was decided outside on that day."""
    return AwardImportProposed(
        decided_on=day,
        disposal_authority="Instruks 4.2",
        document="19/1",
        document_sha256="ab" * 32,
        proposed_by="kari",
    )
