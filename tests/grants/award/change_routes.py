"""What the tests of change routes build, for other tests to use as well."""

MORE = {"code": "more-granted", "text": "Tiltaket utvides."}
DECIDED = {"approved_on": "2020-09-01", "disposal_authority": "Instruks 4.2"}
