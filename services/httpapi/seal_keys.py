"""The deployment's own keys, which seal what is kept in a database: in a file, never there.

Several keys may stand in the file, one a line: the first seals, each opens, so that the key itself can be exchanged.
"""

import base64
from pathlib import Path

KEY_BYTES, NONCE_BYTES = 32, 12


def read_seal_keys(file: Path | None) -> list[bytes]:
    """Keys in base64, 32 bytes each, one a line; none without a file. Raises ValueError."""
    lines = file.read_text(encoding="ascii").split() if file else []
    keys = [base64.b64decode(line, validate=True) for line in lines]
    if any(len(key) != KEY_BYTES for key in keys) or (file and not keys):
        raise ValueError(f"{file}: 32 bytes in base64, one key a line")
    return keys
