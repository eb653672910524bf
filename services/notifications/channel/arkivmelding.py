"""The archive message (arkivmelding, Noark 5) that accompanies a sending in eFormidling: what the receiver's archive
needs to register it. Only what the standard demands, and what tells the letter's bytes."""

import hashlib
from datetime import UTC, datetime
from uuid import NAMESPACE_URL, uuid5
from xml.etree import ElementTree as Xml

from services.notifications.channel.port import Envelope, File

NAMESPACE = "http://www.arkivverket.no/standarder/noark5/arkivmelding"
TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
SYSTEM = "Tilsagn"


def arkivmelding(envelope: Envelope) -> bytes:
    """The message as UTF-8 XML: one journal post, each file a document of it with its SHA-256."""
    Xml.register_namespace("", NAMESPACE)
    root = _element("arkivmelding")
    _text(root, "system", SYSTEM)
    _text(root, "meldingId", envelope.key)
    _text(root, "tidspunkt", datetime.now(UTC).replace(tzinfo=None).isoformat(timespec="seconds"))
    _text(root, "antallFiler", str(len(envelope.files)))
    post = Xml.SubElement(root, _name("registrering"), {TYPE: "journalpost"})
    _text(post, "systemID", str(uuid5(NAMESPACE_URL, envelope.key)))
    for number, file in enumerate(envelope.files, 1):
        post.append(_document(envelope, file, number))
    _text(post, "tittel", envelope.title)
    _text(post, "offentligTittel", envelope.title)
    _text(post, "journalposttype", "Utgående dokument")
    _text(post, "journalstatus", "Ekspedert")
    told: bytes = Xml.tostring(root, encoding="utf-8", xml_declaration=True)
    return told


def _document(envelope: Envelope, file: File, number: int) -> Xml.Element:
    described = _element("dokumentbeskrivelse")
    _text(described, "systemID", str(uuid5(NAMESPACE_URL, f"{envelope.key}/{number}")))
    _text(described, "dokumenttype", "Brev")
    _text(described, "dokumentstatus", "Dokumentet er ferdigstilt")
    _text(described, "tittel", envelope.title if number == 1 else file.name)
    _text(described, "tilknyttetRegistreringSom", "Hoveddokument" if number == 1 else "Vedlegg")
    _text(described, "dokumentnummer", str(number))
    thing = Xml.SubElement(described, _name("dokumentobjekt"))
    _text(thing, "versjonsnummer", "1")
    _text(thing, "variantformat", "Arkivformat" if file.media_type == "application/pdf" else "Produksjonsformat")
    _text(thing, "referanseDokumentfil", file.name)
    _text(thing, "sjekksum", hashlib.sha256(file.content).hexdigest())
    _text(thing, "sjekksumAlgoritme", "SHA-256")
    return described


def _element(name: str) -> Xml.Element:
    return Xml.Element(_name(name))


def _text(parent: Xml.Element, name: str, text: str) -> None:
    Xml.SubElement(parent, _name(name)).text = text


def _name(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"
