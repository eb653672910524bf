"""The archive message (arkivmelding, Noark 5) that accompanies a sending in eFormidling: what the receiver's archive
needs to register it. One case file with one journal post, valid against both published editions of the schema
(Arkivverket; felleslosninger/efm-integrasjonspunkt and felleslosninger/docs). No employee is named in it."""

import re
from dataclasses import dataclass
from datetime import datetime
from uuid import NAMESPACE_URL, uuid5
from xml.etree import ElementTree as Xml

from services.calendar.clock import OSLO
from services.notifications.channel.port import Envelope, File

NAMESPACE = "http://www.arkivverket.no/standarder/noark5/arkivmelding"
TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
SYSTEM = "Tilsagn"
_NO_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""The signs XML 1.0 cannot hold, not even written as a number."""


@dataclass(frozen=True, kw_only=True)
class Maker:
    """Who made it, and when: the sender's own name, and the instant."""

    name: str
    at: datetime

    @property
    def instant(self) -> str:
        """The instant on the wall in Oslo, with its offset."""
        return self.at.astimezone(OSLO).isoformat(timespec="milliseconds")

    @property
    def day(self) -> str:
        """That day in Oslo."""
        return self.at.astimezone(OSLO).date().isoformat()


def arkivmelding(envelope: Envelope, *, sender: str, at: datetime) -> bytes:
    """The message as UTF-8 XML. `sender` is the directorate's name, who answers for the case; `at` is when it is
    made."""
    maker = Maker(name=sender, at=at)
    Xml.register_namespace("", NAMESPACE)
    root = _element("arkivmelding")
    _text(root, "system", SYSTEM)
    _text(root, "meldingId", envelope.key)
    _text(root, "tidspunkt", maker.instant)
    _text(root, "antallFiler", str(len(envelope.files)))
    root.append(_case_file(envelope, maker))
    told: bytes = Xml.tostring(root, encoding="utf-8", xml_declaration=True)
    return told


def _case_file(envelope: Envelope, maker: Maker) -> Xml.Element:
    matter = envelope.matter
    folder = _element("mappe", {TYPE: "saksmappe"})
    _text(folder, "systemID", str(matter.id))
    if matter.number:
        _text(folder, "mappeID", matter.number)
    _text(folder, "tittel", matter.title)
    _made(folder, maker)
    folder.append(_journal_post(envelope, maker))
    if matter.number:
        year, _, nth = matter.number.partition("/")
        _text(folder, "saksaar", year)
        _text(folder, "sakssekvensnummer", nth)
    _text(folder, "saksdato", matter.dated_on.isoformat())
    _text(folder, "administrativEnhet", maker.name)
    _text(folder, "saksansvarlig", maker.name)
    _text(folder, "saksstatus", "Under behandling")
    return folder


def _journal_post(envelope: Envelope, maker: Maker) -> Xml.Element:
    post = _element("basisregistrering", {TYPE: "journalpost"})
    _text(post, "systemID", str(uuid5(NAMESPACE_URL, envelope.key)))
    _made(post, maker)
    _text(post, "arkivertDato", maker.instant)
    _text(post, "arkivertAv", maker.name)
    _text(post, "referanseForelderMappe", str(envelope.matter.id))
    for number, file in enumerate(envelope.files, 1):
        post.append(_document(envelope, file, number, maker))
    _text(post, "tittel", envelope.title)
    _text(post, "offentligTittel", envelope.title)
    _text(post, "journalposttype", "Utgående dokument")
    _text(post, "journalstatus", "Ekspedert")
    _text(post, "journaldato", maker.day)
    _text(post, "dokumentetsDato", envelope.matter.dated_on.isoformat())
    _text(post, "sendtDato", maker.instant)
    post.append(_party("Mottaker", envelope.receiver.name))
    post.append(_party("Avsender", maker.name))
    return post


def _party(kind: str, name: str) -> Xml.Element:
    party = _element("korrespondansepart")
    _text(party, "korrespondanseparttype", kind)
    _text(party, "korrespondansepartNavn", name)
    return party


def _document(envelope: Envelope, file: File, number: int, maker: Maker) -> Xml.Element:
    described = _element("dokumentbeskrivelse")
    _text(described, "systemID", str(uuid5(NAMESPACE_URL, f"{envelope.key}/{number}")))
    _text(described, "dokumenttype", "Brev")
    _text(described, "dokumentstatus", "Dokumentet er ferdigstilt")
    _text(described, "tittel", file.title)
    _made(described, maker)
    _text(described, "tilknyttetRegistreringSom", "Hoveddokument" if number == 1 else "Vedlegg")
    _text(described, "dokumentnummer", str(number))
    _text(described, "tilknyttetDato", maker.instant)
    _text(described, "tilknyttetAv", maker.name)
    thing = Xml.SubElement(described, _name("dokumentobjekt"))
    _text(thing, "versjonsnummer", "1")
    _text(thing, "variantformat", "Arkivformat" if file.media_type == "application/pdf" else "Produksjonsformat")
    _made(thing, maker)
    _text(thing, "referanseDokumentfil", file.name)
    return described


def _made(parent: Xml.Element, maker: Maker) -> None:
    _text(parent, "opprettetDato", maker.instant)
    _text(parent, "opprettetAv", maker.name)


def _element(name: str, attributes: dict[str, str] | None = None) -> Xml.Element:
    return Xml.Element(_name(name), attributes or {})


def _text(parent: Xml.Element, name: str, text: str) -> None:
    Xml.SubElement(parent, _name(name)).text = _NO_XML.sub("\ufffd", text)


def _name(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"
