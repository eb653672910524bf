"""What the tests of webhooks build, for other tests to use as well."""

import json
from pathlib import Path

VENDOR = Path(__file__).parent / "vendor"
CLOUDEVENT = json.loads((VENDOR / "cloudevents-1.0.json").read_text(encoding="utf-8"))
