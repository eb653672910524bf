"""What the tests of addresses build, for other tests to use as well."""

UNREADABLE = (
    "", "a.no", "//a.no/", "ftp://a.no/", "file:///etc/passwd", "gopher://a.no/", "javascript:alert(1)", "HTTPS://a.no/",
    "https://A.no/", "https://user@a.no/", "https://user:pass@a.no/", "https://a.no@127.0.0.1/", "https://a.no#x",
    "https://a.no/x#y", "https://a.no/x y", "https://a.no\\@b.no/", "https://a.no/\\b", "https://a.no:0/",
    "https://a.no:65536/", "https://a.no:443443/", "https://a.no:/", "https://a.no:+443/", "https:///x", "https://./",
    "https://a..no/", "https://a.no./", "https://-a.no/", "https://a-.no/", f"https://{'a' * 64}.no/",
    f"https://{'a.' * 130}no/", f"https://a.no/{'x' * 2000}", "https://å.no/", "https://a.no/å", "https://a.no/\n",
    "https://2130706433/", "https://0x7f000001/", "https://0x7f.1/", "https://0x7f.0.0.1/", "https://017700000001/",
    "https://0177.0.0.1/", "https://127.1/", "https://127.0.1/", "https://0/", "https://1.2.3.4.5/", "https://1.2.3/",
    "https://127.0.0.01/", "https://a.0x1/", "https://a.1/", "https://127.0.0.1./", "https://[::1/", "https://::1/",
    "https://[127.0.0.1]/", "https://[a.no]/", "https://[fe80::1%25eth0]/", "https://[0:0:0:0:0:0:0:1]/",
    "https://[::FFFF:127.0.0.1]/", "https://[::ffff:127.0.0.1]/", "https://①②⑦.⓪.⓪.①/", "https://127。0。0。1/",
    "https://%31%32%37.0.0.1/", "https://a.no%2f@b.no/", "https://a_b.no/", "https://\t127.0.0.1/", " https://a.no/",
    "https://a.no/x/../y", "https://a.no/..", "https://a.no/./x", "https://a.no/x/.", "https://a.no/%2e%2E/y",
    "https://a.no/x/.%2e?a=b",
)  # fmt: skip
SPECIAL = (
    "0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "127.0.0.1", "127.255.255.254", "169.254.169.254",
    "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.0.192", "192.0.2.1", "192.88.99.1", "192.168.1.1",
    "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
    "::", "::1", "::7f00:1", "::ffff:7f00:1", "::ffff:a9fe:a9fe", "::ffff:0:7f00:1", "64:ff9b::7f00:1",
    "64:ff9b:1::1", "100::1", "2001::1", "2001:db8::1", "2002:7f00:1::", "2002:a9fe:a9fe::", "3fff::1", "5f00::1",
    "fc00::1", "fd00:ec2::254", "fe80::1", "fec0::1", "ff02::1",
)  # fmt: skip
