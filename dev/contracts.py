"""The import contract of the house that import-linter does not know: what may be read."""

from typing import cast

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


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
