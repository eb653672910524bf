"""The archive message is valid by the published schema: both editions, read where the house keeps public standards."""

from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Xml

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dev.state import ROOT
from services.notifications.channel.arkivmelding import NAMESPACE, TYPE, arkivmelding
from services.notifications.channel.port import Envelope, File
from tests.notifications.channel.envelopes import CASE, LETTER, envelope

STANDARD = ROOT.parent / "shared" / "standards" / "arkivmelding"
EDITIONS = {"integrasjonspunkt": STANDARD, "docs": STANDARD / "docs-edition"}
AT = datetime(2020, 5, 20, 6, 40, 3, tzinfo=UTC)
IN = {"a": NAMESPACE}


@pytest.fixture(scope="module", params=EDITIONS)
def schema(request: pytest.FixtureRequest) -> Any:
    """One edition of the schema."""
    folder: Path = EDITIONS[request.param]
    if not folder.is_dir():
        pytest.skip(f"not run: the public standard is not at {folder}")
    return import_module("xmlschema").XMLSchema(folder / "arkivmelding.xsd")


def made(of: Envelope) -> bytes:
    return arkivmelding(of, sender="Integrerings- og mangfoldsdirektoratet", at=AT)


def test_a_letters_archive_message_is_valid(schema: Any) -> None:
    assert [str(error) for error in schema.iter_errors(made(envelope()))] == []


def test_the_schema_is_read_and_refuses_what_no_archive_takes(schema: Any) -> None:
    told = made(envelope())
    assert not schema.is_valid(told.replace(b'xsi:type="saksmappe"', b'xsi:type="mappe"'))
    assert not schema.is_valid(told.replace(b"Ekspedert", b"Sendt"))
    checksum = b"</referanseDokumentfil><sjekksum>ab</sjekksum>"
    assert not schema.is_valid(told.replace(b"</referanseDokumentfil>", checksum))


texts = st.text(max_size=60)
files = st.builds(File, name=texts, title=texts, media_type=st.sampled_from(["application/pdf", "text/plain"]),
                  content=st.just(b"x"))  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(name=texts, title=texts, enclosed=st.lists(files, max_size=4))
def test_whatever_it_is_called_and_encloses_it_is_valid(
    schema: Any, name: str, title: str, enclosed: list[File]
) -> None:
    told = made(envelope(name=name, title=title, files=(LETTER, *enclosed)))
    assert [str(error) for error in schema.iter_errors(told)] == []


def test_one_case_file_holds_one_journal_post_with_its_dates_its_people_and_its_receiver() -> None:
    root = Xml.fromstring(made(envelope(files=(LETTER, LETTER))))
    (folder,) = root.findall("a:mappe", IN)
    (post,) = folder.findall("a:basisregistrering", IN)
    assert (folder.get(TYPE), post.get(TYPE)) == ("saksmappe", "journalpost")
    assert folder.findtext("a:systemID", None, IN) == str(CASE) == post.findtext("a:referanseForelderMappe", None, IN)
    assert folder.findtext("a:saksansvarlig", None, IN) == "Integrerings- og mangfoldsdirektoratet"
    assert post.findtext("a:journaldato", None, IN) == "2020-05-20"
    assert post.findtext("a:opprettetDato", None, IN) == "2020-05-20T08:40:03.000+02:00"
    assert post.findtext("a:korrespondansepart/a:korrespondansepartNavn", None, IN) == "Stiftelsen Oppdiktet"
    assert len(post.findall("a:dokumentbeskrivelse", IN)) == 2
    assert root.findall(".//a:sjekksum", IN) == []


def test_the_case_file_has_the_case_number_where_it_is_known(schema: Any) -> None:
    root = Xml.fromstring(made(envelope()))
    names = ("mappeID", "saksaar", "sakssekvensnummer")
    assert [root.findtext(f"a:mappe/a:{name}", None, IN) for name in names] == ["2020/17", "2020", "17"]
    without = made(envelope(matter=None))
    assert schema.is_valid(without)
    assert all(f"<{name}>".encode() not in without for name in names)


def test_the_day_is_the_one_in_oslo_at_the_turn_of_the_year() -> None:
    root = Xml.fromstring(
        arkivmelding(envelope(), sender="Direktoratet", at=datetime(2020, 12, 31, 23, 30, tzinfo=UTC))
    )
    assert root.findtext(".//a:journaldato", None, IN) == "2021-01-01"
