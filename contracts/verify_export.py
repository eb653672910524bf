#!/usr/bin/env python3
"""Verify an exported log with nothing but Python: no library, no network, no database, no trust in whoever sent it.

    python3 verify_export.py FILE --public-key FILE [--checkpoints DIRECTORY]
    python3 verify_export.py FILE --chain-only

Every event carries a SHA-256 over its own exact bytes and the hash of the event before it, so whatever is changed,
removed or moved shows, and where. Somebody could still write the whole log anew. Signed checkpoints tell that too: give
the directory of them and the public key, from somebody other than the one who gave you the export. Without a key only
the chain can be looked at (--chain-only), which shows that the log agrees with itself and no more.

Facts after the last checkpoint are told; when they span more than five minutes, nobody signed as they should have.
That the newest checkpoints were taken away shows in the database of the log, and in a copy of the directory.

Ends with 0 if everything holds, 1 if not, and prints each fault with the line and the position it stands at.
"""

import argparse
import base64
import hashlib
import json
import sys
from pathlib import Path

GENESIS = hashlib.sha256(b"tilsagn").digest()
RESTORED = "log.restored.v1"  # where two people let the log go on without facts that are lost
CLOCK_CORRECTED = "log.clock-corrected.v1"  # where two people let time go back to where it truly is
UNSIGNED_AT_MOST_US = 5 * 60 * 1_000_000
UNREADABLE = (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError)


# --- the chain of events ---------------------------------------------------------------------------------------------


def exact(event, name):
    """The bytes that were stored: UTF-8 text, or base64 where they were none."""
    if name in event:
        return event[name].encode()
    stored = base64.b64decode(event[name + "_base64"], validate=True)
    if base64.b64encode(stored).decode() != event[name + "_base64"]:
        raise ValueError("base64 that could be written otherwise")
    if is_text(stored):
        raise ValueError("base64 of what is text, and stands as text in an export")
    return stored


def is_text(stored):
    try:
        stored.decode()
    except UnicodeDecodeError:
        return False
    return True


def unhex(text):
    """The bytes of a hexadecimal text, which has one spelling only."""
    if text != text.lower():
        raise ValueError("a hash is written in small letters")
    return bytes.fromhex(text)


def sized(field):
    return len(field).to_bytes(4, "big", signed=True) + field


def link(previous, event):
    """The hash an event must have after one with the hash `previous`."""
    return hashlib.sha256(
        previous
        + event["position"].to_bytes(8, "big", signed=True)
        + sized(event["stream"].encode())
        + event["version"].to_bytes(4, "big", signed=True)
        + sized(event["topic"].encode())
        + sized(exact(event, "data"))
        + sized(exact(event, "metadata"))
        + event["recorded_at_us"].to_bytes(8, "big", signed=True)
    ).digest()


class Export:
    """Reads an export line by line and keeps what does not hold in `faults`."""

    def __init__(self, signed):
        self.faults = []
        self.signed = signed  # position -> hash, from checkpoints whose signatures hold
        self.contents = []  # the checkpoints the export itself carries
        self.through = None  # where the export says that it ends
        self.after = 0  # and the position before the first it holds
        self.restored = set()  # where it says that facts are lost
        self.position = 0
        self.hash = GENESIS
        self.agreed = 0
        self.events = 0
        self.time_us = None  # when the last fact was recorded
        self.unsigned_since_us = None  # and the first one after the last that was signed for
        self.unsigned = 0

    def read(self, path):
        with path.open("rb") as file:
            for number, raw in enumerate(file, 1):
                try:
                    self.take(number, raw)
                except UNREADABLE as wrong:
                    self.fault(number, f"the line cannot be read: {wrong!r}")
        if self.through is None:
            self.faults.append("the file does not begin as an export does")
        elif self.position != self.through:
            self.faults.append(f"position {self.position + 1}: gone from the end, up to {self.through}")
        for position in sorted(self.signed):
            if position > self.position:
                self.faults.append(f"position {self.position + 1}: signed for up to {position}, and not here")
                break

    def take(self, number, raw):
        content = json.loads(raw)
        written = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode() + b"\n"
        if written != raw:
            self.fault(number, "the line is not written as an export writes it")
        kind = content["kind"]
        if number == 1 and kind == "export" and content["format"] == "tilsagn-export-1":
            self.begin(number, content)
        elif kind == "event":
            self.follow(number, content)
        elif kind == "checkpoint":
            self.contents.append(content["content"].encode())
        else:
            self.fault(number, f"no such line is known here: {kind!r}")

    def begin(self, number, head):
        self.position, self.hash, self.through = head["after"], unhex(head["previous_hash"]), head["through"]
        self.after = self.position
        if self.position == 0 and self.hash != GENESIS:
            self.fault(number, "the log does not begin where every log begins")
        if self.signed.get(self.position, self.hash) != self.hash:
            self.fault(number, "the export does not begin with what was signed for")

    def follow(self, number, event):
        position, found = event["position"], unhex(event["hash"])
        if position != self.position + 1:
            self.fault(number, f"position {self.position + 1}: comes next, but {position} stands here")
        elif link(self.hash, event) != found:
            self.fault(number, f"position {position}: it, or what came before it, is not what was recorded")
        if self.signed.get(position, found) != found:
            self.fault(number, f"position {self.agreed + 1}: from here to {position} it is not what was signed for")
        elif position in self.signed:
            self.agreed = position
        at_us = event["recorded_at_us"]
        if self.time_us is not None and at_us < self.time_us and event["topic"] != CLOCK_CORRECTED:
            self.fault(number, f"position {position}: time goes back, and nobody says why")
        if event["topic"] == RESTORED:
            self.restored.add(position)
        self.position, self.hash, self.time_us = position, found, at_us
        self.events += 1
        self.unsigned += 1
        if self.unsigned == 1:
            self.unsigned_since_us = at_us
        if position in self.signed:
            self.unsigned = 0

    def left_unsigned(self):
        """What to tell of the facts nobody has signed for, and whether it is a fault."""
        span_us = self.time_us - self.unsigned_since_us if self.unsigned else 0
        told = f"{self.unsigned} facts after the last checkpoint are not signed for; they span {span_us // 1_000_000} s"
        return told, span_us > UNSIGNED_AT_MOST_US

    def fault(self, number, what):
        self.faults.append(f"line {number}: {what}")


# --- signed checkpoints ----------------------------------------------------------------------------------------------


def verify_checkpoints(contents, public_key, faults, breaks=None):
    """What was truly signed for: position -> hash. Each checkpoint names the file before it. One that resumes another
    says that what was signed between the two is lost, and that people agreed to go on without it: `breaks` tells of
    each the position it goes on after, and up to where facts are lost."""
    standing, previous, position = [], "0" * 64, 0
    for number, content in enumerate(contents, 1):
        try:
            said = json.loads(content)
            signature = bytes.fromhex(said.pop("signature"))
            message = json.dumps(said, sort_keys=True, separators=(",", ":")).encode()
            if not verify_signature(public_key, message, signature):
                raise ValueError("the signature does not hold")
            resumes = said.get("resumes")
            if resumes is not None:
                while standing and standing[-1][0] > resumes:
                    standing.pop()
                if breaks is not None:
                    breaks[:] = [known for known in breaks if known[2] <= resumes]
                if (standing[-1][0] if standing else 0) != resumes:
                    faults.append(f"checkpoint {number}: it resumes {resumes}, which is not there")
                if breaks is not None:
                    breaks.append((said["position"], position, number))
                position = standing[-1][1] - 1 if standing else 0
            if (said["number"], said["previous"]) != (number, previous) or said["position"] <= position:
                faults.append(f"checkpoint {number}: it does not follow the one before it")
            position = said["position"]
            standing.append((number, position, unhex(said["hash"])))
        except UNREADABLE as wrong:
            faults.append(f"checkpoint {number}: {wrong}")
        previous = hashlib.sha256(content).hexdigest()
    return {position: stood for _, position, stood in standing}


def missing_restorations(breaks, export):
    """Where checkpoints go on without what was lost, and no fact of the export says who agreed; and the reverse. A
    break that was itself lost later is nobody's any more."""
    after = {at + 1 for at, _, _ in breaks if export.after <= at < export.position}
    unsaid, unsigned = sorted(after - export.restored), sorted(export.restored - after)
    faults = [f"position {at}: checkpoints go on without what was lost, and no fact says who agreed" for at in unsaid]
    return faults + [f"position {at}: it says that facts are lost, and no checkpoint goes on so" for at in unsigned]


def read_public_key(path):
    """The 32 bytes of an Ed25519 public key from a PEM file (RFC 8410: a fixed beginning, then the key)."""
    lines = Path(path).read_text(encoding="ascii").split("-----")[2]
    der = base64.b64decode("".join(lines.split()), validate=True)
    if len(der) != 44 or not der.startswith(bytes.fromhex("302a300506032b6570032100")):
        raise SystemExit(f"{path} holds no Ed25519 public key")
    return der[12:]


# --- Ed25519 as in RFC 8032, 5.1, for verifying only (nothing is secret here, so nothing need be hidden) -------------

PRIME = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, PRIME) % PRIME
ROOT_OF_MINUS_ONE = pow(2, (PRIME - 1) // 4, PRIME)


def add(p, q):
    """Two points of the curve, in extended coordinates (x, y, z, t)."""
    a = (p[1] - p[0]) * (q[1] - q[0]) % PRIME
    b = (p[1] + p[0]) * (q[1] + q[0]) % PRIME
    c = 2 * p[3] * q[3] * D % PRIME
    d = 2 * p[2] * q[2] % PRIME
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % PRIME, g * h % PRIME, f * g % PRIME, e * h % PRIME


def multiply(scalar, point):
    total = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            total = add(total, point)
        point = add(point, point)
        scalar >>= 1
    return total


def equal(p, q):
    return (p[0] * q[2] - q[0] * p[2]) % PRIME == 0 and (p[1] * q[2] - q[1] * p[2]) % PRIME == 0


def recover_x(y, sign):
    """The x that belongs to y on the curve, of that sign; None if there is none."""
    square = (y * y - 1) * pow(D * y * y + 1, -1, PRIME) % PRIME
    x = pow(square, (PRIME + 3) // 8, PRIME)
    if (x * x - square) % PRIME:
        x = x * ROOT_OF_MINUS_ONE % PRIME
    if (x * x - square) % PRIME or (x == 0 and sign):
        return None
    return PRIME - x if x & 1 != sign else x


def decompress(encoded):
    """The point 32 bytes stand for; None if they stand for none."""
    y = int.from_bytes(encoded, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    x = recover_x(y, sign) if len(encoded) == 32 and y < PRIME else None
    return None if x is None else (x, y, 1, x * y % PRIME)


BASE = decompress((4 * pow(5, -1, PRIME) % PRIME).to_bytes(32, "little"))


def verify_signature(public_key, message, signature):
    """Whether the owner of that public key signed that message."""
    a, r, s = decompress(public_key), decompress(signature[:32]), int.from_bytes(signature[32:], "little")
    if a is None or r is None or len(signature) != 64 or s >= ORDER:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + public_key + message).digest(), "little") % ORDER
    return equal(multiply(s, BASE), add(r, multiply(h, a)))


# --- what is asked on the command line -------------------------------------------------------------------------------


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path, help="the export: JSON lines")
    parser.add_argument("--checkpoints", type=Path, help="directory of checkpoints (00000001.json ...)")
    parser.add_argument("--public-key", type=Path, help="the key they are signed with (PEM)")
    parser.add_argument("--chain-only", action="store_true", help="no key is at hand: look at the chain, and no more")
    asked = parser.parse_args()
    if asked.checkpoints and not asked.public_key:
        parser.error("--checkpoints needs --public-key")
    faults, signed, breaks = [], {}, []
    key = read_public_key(asked.public_key) if asked.public_key else None
    if asked.checkpoints:
        contents = [path.read_bytes() for path in sorted(asked.checkpoints.glob("[0-9]*.json"))]
        signed = verify_checkpoints(contents, key, faults, breaks)
        if not signed:
            faults.append(f"{asked.checkpoints} holds no checkpoint that verifies")
    export = Export(signed)
    export.read(asked.file)
    faults += export.faults
    if key:
        inside = verify_checkpoints(export.contents, key, faults, None if asked.checkpoints else breaks)
        differing = [at for at in inside if signed.get(at, inside[at]) != inside[at]]
        faults += [f"position {at}: the export's own checkpoint differs from the one given" for at in differing]
        if not asked.checkpoints:  # the export was read before its own checkpoints were known: read it against them
            signed = inside
            against = Export(signed)
            against.read(asked.file)
            faults += [fault for fault in against.faults if fault not in export.faults]
            export = against
    if signed:
        faults += missing_restorations(breaks, export)
    if key and export.events and not signed and not faults:
        faults.append("no checkpoint is there, and the log's facts are signed for by nobody")
    if not key and not asked.chain_only:
        faults.append("no public key was given, so no signature was verified (--chain-only looks at the chain alone)")
    told, too_long = export.left_unsigned()
    if signed and too_long:
        faults.append(told)
    for fault in faults:
        print(fault)
    print(f"{export.events} events to position {export.position}, {len(signed)} signed checkpoints: ", end="")
    holds = "everything holds." if signed or (key and not export.events) else "the chain agrees with itself."
    print(f"{len(faults)} faults." if faults else holds)
    for at, lost_to, _ in breaks:
        print(
            f"After position {at} the log goes on without facts that were signed for, up to {lost_to}:"
            f" see position {at + 1}."
        )
    if signed and export.unsigned and not too_long:
        print(f"{told}.")
    if not signed:
        print("No signature was verified: this shows that the log agrees with itself, not that it is the one recorded.")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    try:
        main()
    except OSError as wrong:
        print(f"It cannot be verified: {wrong.filename} cannot be read: {wrong.strerror}.")
        sys.exit(2)
    except (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError) as wrong:
        print(f"It cannot be verified: what was given is not what it should be ({type(wrong).__name__}).")
        sys.exit(2)
