"""How reading a file apart says no, when it is not what the file says that is wrong."""

from services.eventlog.refusal import Refusal


class FileTooCostly(Refusal):
    """Reading the file takes more time or memory than a file of the kind asked for does. Nothing of it is taken."""

    code = "file-too-costly"
    status = 422
    title = "Filen er for tung å lese"


class FileNotRead(Refusal):
    """The process that read the file ended, or none was free in time. Nothing is kept; trying again is right."""

    code = "file-not-read"
    status = 503
    title = "Filen ble ikke lest i tide"
