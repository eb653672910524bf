"""Drawings of money and days, as SVG that stands in the page and is read aloud."""
