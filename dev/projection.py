"""`python -m dev.projection list | rebuild NAME | replay NAME`: look after the read models.

A rebuild is only asked for here; the service's own runner fills the new edition, and the old one is read until then.
"""

import argparse
import os
import sys

import psycopg
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from services.eventlog.projections.projection import Projection
from services.eventlog.projections.projector import Projector
from services.grants.wiring import PROJECTIONS as OF_THE_SERVICE

PROJECTIONS: dict[str, Projection] = {projection.name: projection for projection in OF_THE_SERVICE}


def describe(projector: Projector) -> list[str]:
    """Each edition, and what is parked in it."""
    with projector.engine.begin() as connection:
        lines = []
        for edition in projector.editions.list_all(connection):
            lines.append(
                f"{projector.projection.name}: edition {edition.edition} (version {edition.version}) is {edition.state}"
                f" at position {edition.position}"
            )
            lines += [
                f"  {parked.stream} is parked from position {parked.position} ({parked.topic}), {parked.held} events"
                f" wait, tried {parked.attempts} times: {parked.error}"
                for parked in projector.parking.list_all(connection, edition.edition)
            ]
        return lines or [f"{projector.projection.name}: not begun"]


def main() -> None:
    parser = argparse.ArgumentParser(description="Look after the read models.")
    parser.add_argument("what", choices=("list", "rebuild", "replay"))
    parser.add_argument("name", nargs="?", choices=tuple(PROJECTIONS))
    parser.add_argument("--dsn", default=os.environ.get("DATABASE_URL"), help="the database, as the service")
    asked = parser.parse_args()
    if asked.dsn is None or (asked.what != "list" and asked.name is None):
        parser.error("name the projection, and the database by --dsn or DATABASE_URL")
    engine = create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(asked.dsn), poolclass=NullPool)
    for name, projection in PROJECTIONS.items():
        projector = Projector(engine, projection, schema="grants", views="grants_view")
        if asked.name in (None, name):
            if asked.what == "rebuild":
                projector.rebuild()
            elif asked.what == "replay":
                print(f"{projector.replay_parked()} streams have caught up.")
            sys.stdout.writelines(f"{line}\n" for line in describe(projector))


if __name__ == "__main__":
    main()
