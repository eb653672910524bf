"""The import contracts of the house that import-linter does not know: how rooms may meet, and what may be read."""

from typing import cast

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class RoomsMeetInEvents(Contract):
    """A room imports another room's `events`, or a module that is open to all, and nothing else of it."""

    services = fields.ListField(subfield=fields.StringField())
    open_modules = fields.ListField(subfield=fields.StringField())
    above = fields.ListField(subfield=fields.StringField(), required=False, default=[])

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:  # noqa: ARG002 - the library's signature
        """Look at every direct import from one room into another."""
        breaches = []
        for service in cast(list[str], self.services):
            rooms = {child for child in graph.find_children(service) if graph.find_children(child)}
            for importer in sorted(graph.modules):
                home = room_of(importer, rooms)
                for imported in sorted(graph.find_modules_directly_imported_by(importer)):
                    other = room_of(imported, rooms)
                    if home and other and home != other and not self.is_open(imported, other) and not self.asks(home):
                        breaches.append((importer, imported))
        return ContractCheck(kept=not breaches, metadata={"breaches": breaches})

    def asks(self, room: str) -> bool:
        """Whether the room stands above the others and asks their own rules."""
        return room in cast(list[str], self.above)

    def is_open(self, imported: str, room: str) -> bool:
        """Whether everybody may use this module of the room."""
        return imported == f"{room}.events" or imported in cast(list[str], self.open_modules)

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Say who reaches where."""
        for importer, imported in check.metadata["breaches"]:
            output.print_error(f"{importer} imports {imported}, which belongs to another room.", bold=True)


class ReadsViewsOnly(Contract):
    """A service that shows what others hold imports their read models (`view`), and nothing else of them."""

    reader = fields.StringField()
    read = fields.ListField(subfield=fields.StringField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:  # noqa: ARG002 - the library's signature
        """Look at every direct import out of the reader."""
        reader, read = cast(str, self.reader), tuple(f"{name}." for name in cast(list[str], self.read))
        breaches = [
            (importer, imported)
            for importer in sorted(graph.modules)
            if importer == reader or importer.startswith(f"{reader}.")
            for imported in sorted(graph.find_modules_directly_imported_by(importer))
            if f"{imported}.".startswith(read) and not imported.endswith(".view")
        ]
        return ContractCheck(kept=not breaches, metadata={"breaches": breaches})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Say who reaches where."""
        for importer, imported in check.metadata["breaches"]:
            output.print_error(f"{importer} imports {imported}, which is no view.", bold=True)


def room_of(module: str, rooms: set[str]) -> str | None:
    """The room a module stands in; none for what stands between the rooms."""
    return next((room for room in rooms if module == room or module.startswith(room + ".")), None)
