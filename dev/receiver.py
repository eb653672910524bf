"""`python -m dev.receiver PORT SECRET LOG`: a receiver of our own, as docs/webhooks.md shows one.

It gives the challenge back, verifies every message, and writes one line about each in the file LOG. SECRET is the file
its secret stands in.
"""

import base64
import hashlib
import hmac
import json
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from services.calendar.patience import at_most

TOLERANCE_SECONDS = 300
WAIT_SECONDS = at_most(3)


def secret_in(file: Path) -> bytes | None:
    """The secret; None if nobody has written it within some seconds."""
    deadline = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < deadline:
        if file.exists() and (told := file.read_text()):
            return base64.b64decode(told.removeprefix("whsec_"))
        time.sleep(0.05)
    return None


def is_signed(secret: bytes, told: dict[str, str], body: bytes) -> bool:
    """Whether one of the signatures is right, and the message of now."""
    signed = f"{told['webhook-id']}.{told['webhook-timestamp']}.".encode() + body
    right = "v1," + base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()
    in_time = abs(time.time() - int(told["webhook-timestamp"])) <= TOLERANCE_SECONDS
    return in_time and any(hmac.compare_digest(right, each) for each in told["webhook-signature"].split())


def line_of(message: dict[str, Any]) -> str:
    """What it is of, its number in this endpoint's sequence, and what is due when, where something is."""
    number = f", number {message['tilsagnsequence']}" if "tilsagnsequence" in message else ""
    data = message["data"]
    due = f": {data['what']}, due {data['due_on']}" if "due_on" in data else f", about {message['subject']}"
    return f"{message['type']}{number}{due}"


class Receiver(BaseHTTPRequestHandler):
    secret: Path
    log: Path
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        secret = secret_in(self.secret)
        taken = secret is not None and is_signed(secret, {n.lower(): v for n, v in self.headers.items()}, body)
        message = json.loads(body) if taken else {}
        answer = message.get("data", {}).get("challenge", "").encode()
        self.send_response(200 if taken else 401)
        self.send_header("content-length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)
        with self.log.open("a") as log:
            log.write(f"{line_of(message)}: the signature is right\n" if taken else "refused\n")

    def log_message(self, *_: object) -> None:
        """Said in the log's own lines."""


if __name__ == "__main__":
    port, Receiver.secret, Receiver.log = int(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3])
    ThreadingHTTPServer(("127.0.0.1", port), Receiver).serve_forever()
