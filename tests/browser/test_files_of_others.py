"""The design system's files are as they came, with their licences, and fetch nothing from anywhere else."""

import hashlib
import re
from pathlib import Path

from services.dashboard import pages

STATIC = Path(pages.__file__).parent / "static"
VENDOR = STATIC / "vendor"


def test_they_are_unchanged_and_none_is_missing_or_added() -> None:
    lines = [line.split("  ", 1) for line in (VENDOR / "SHA256SUMS").read_text().splitlines()]
    ours = {"SHA256SUMS", "README.md"}
    found = {
        f"./{path.relative_to(VENDOR)}": path for path in VENDOR.rglob("*") if path.is_file() and path.name not in ours
    }
    assert {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in found.items()} == {
        name: digest for digest, name in lines
    }


def test_each_folder_carries_its_licence() -> None:
    assert "Permission is hereby granted, free of charge" in (VENDOR / "designsystemet" / "LICENSE-css").read_text()
    assert "Permission is hereby granted, free of charge" in (VENDOR / "designsystemet" / "LICENSE-theme").read_text()
    assert "SIL Open Font License" in (VENDOR / "inter" / "LICENSE").read_text()


def test_no_style_sheet_reaches_outside() -> None:
    for sheet in STATIC.rglob("*.css"):
        text = sheet.read_text()
        assert "@import" not in text, sheet
        for url in re.findall(r"url\(\s*[\"']?([^\"')]+)", text):
            assert url.startswith(("data:", "#")) or (sheet.parent / url).is_file(), f"{sheet.name}: {url[:80]}"


def test_every_class_in_the_pages_of_the_design_system_is_one_it_has() -> None:
    sheet = (VENDOR / "designsystemet" / "designsystemet.css").read_text()
    templates = (STATIC.parent / "templates").glob("*.html")
    used = {name for template in templates for name in re.findall(r"\bds-[a-z-]+", template.read_text())}
    assert used
    assert [name for name in sorted(used) if f".{name}" not in sheet] == []
