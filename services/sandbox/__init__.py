"""Files from outside are parsed in processes of their own, bounded in time and memory. Knows no domain."""

from services.sandbox.reading import Reading
from services.sandbox.refusals import FileNotRead, FileTooCostly
from services.sandbox.sandbox import Bounds, Sandbox

__all__ = ["Bounds", "FileNotRead", "FileTooCostly", "Reading", "Sandbox"]
