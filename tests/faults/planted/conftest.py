"""One database is lived in once; each fault is planted in a copy of it."""

import socket
from collections.abc import Iterator

import pytest

from tests.conftest import Cluster, copied
from tests.faults.planted.lived import Lived, live


@pytest.fixture(scope="session")
def lived(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lived]:
    """The database that copies are taken of."""
    with copied(cluster) as database, socket.socket() as one, socket.socket() as other:
        one.bind(("127.0.0.1", 0))
        other.bind(("127.0.0.1", 0))
        ports = one.getsockname()[1], other.getsockname()[1]
        one.close()
        other.close()
        yield live(database, tmp_path_factory.mktemp("lived"), ports)
