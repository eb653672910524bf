"""Which addresses a receiver may have: public ones over TLS, and those the deployment allows by name.

Whoever may make us send a request chooses where it goes. Inside the network it could reach what trusts us: so an
address is resolved once, every address it has is looked at, and the connection goes to one of them and no other.
Spellings that other programs read as an address (2130706433, 0x7f.1, 127.1) are names of nothing and are refused.
"""

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from services.eventlog.refusal import Refusal

LONGEST_URL = 2_000
Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_URL = re.compile(r"(https?)://(\[[0-9a-f:.]{2,45}\]|[a-z0-9.-]{1,253})(?::([1-9]\d{0,4}))?(/[!-~]*)?", re.ASCII)
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", re.ASCII)
_NUMBER = re.compile(r"0x[0-9a-f]*|\d+", re.ASCII)
_DOTS = re.compile(r"(\.|%2e){1,2}", re.ASCII | re.IGNORECASE)
_PORTS = {"https": 443, "http": 80}
# What the registries of special addresses keep from the public network (RFC 6890 and what followed), beside what
# Python's own tables know, which differ by version; and every form in which an IPv4 address travels inside another.
_NOT_PUBLIC = tuple(
    ip_network(each)
    for each in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24",
        "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
        "::/96", "::ffff:0:0/96", "::ffff:0:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23",
        "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10",
        "fec0::/10", "ff00::/8",
    )
)  # fmt: skip


class AddressRefused(Refusal):
    """Receivers have public addresses over https, port 443, or one that this deployment allows."""

    code = "endpoint-address-refused"
    status = 422
    title = "Adressen kan ikke brukes"


@dataclass(frozen=True, kw_only=True)
class Target:
    """A URL taken apart. `host` is a name in lower case or an address as it is written; `path` holds the query too."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def address(self) -> Address | None:
        """The address that the host is, if it is one."""
        try:
            return ip_address(self.host)
        except ValueError:
            return None

    @property
    def authority(self) -> str:
        """What the header Host says."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"


@dataclass(frozen=True, kw_only=True)
class Allowed:
    """What the deployment allows beside public addresses: a network or one name, with its port. A name may have any
    address but those that are this machine's own or a link's."""

    scheme: str
    port: int
    network: Network | None = None
    name: str | None = None

    def covers(self, target: Target, address: Address) -> bool:
        """Whether that receiver may be connected to at that address."""
        if (target.scheme, target.port) != (self.scheme, self.port):
            return False
        if self.network is not None:
            return address.version == self.network.version and address in self.network
        own = address.is_loopback or address.is_link_local or address.is_multicast or address.is_unspecified
        return target.host == self.name and not own and _inner(address) is None


def read_url(url: str) -> Target:
    """The URL taken apart. Refuses one with a user, a fragment, or a host in any spelling but its plain one."""
    found = _URL.fullmatch(url)
    if found is None or len(url) > LONGEST_URL:
        raise AddressRefused(
            "Write it as https://name/path: lower case, in ASCII, without user, fragment or a second spelling."
        )
    scheme, host, port, path = found.groups()
    if "#" in (path or "") or "\\" in (path or ""):
        raise AddressRefused("Leave out fragments and backslashes.")
    if any(_DOTS.fullmatch(part) for part in (path or "").partition("?")[0].split("/")):
        raise AddressRefused("Leave out . and .. from the path: they are not sent as they are written.")
    bare = host.replace("[", "").replace("]", "")
    target = Target(scheme=scheme, host=bare, port=int(port or _PORTS[scheme]), path=path or "/")
    if target.port > 65_535 or not (_written(target.address) == host if target.address else _is_name(host)):
        raise AddressRefused("The host is neither a name nor an address in its plain spelling.")
    return target


def read_allowed(entry: str) -> Allowed:
    """One entry of the deployment's list: `https://10.2.0.0/16:8443`, `http://[::1]/128:9000`, `https://hook.intern:443`.
    The port is named. Raises ValueError."""
    scheme, _, rest = entry.partition("://")
    where, _, port = rest.rpartition(":")
    where = where.replace("[", "").replace("]", "")
    if scheme not in _PORTS or not port.isascii() or not port.isdecimal() or not 0 < int(port) <= 65_535:
        raise ValueError(f"{entry}: write http(s)://network-or-name:port")
    if "/" in where:
        return Allowed(scheme=scheme, port=int(port), network=ip_network(where))
    if not _is_name(where):
        raise ValueError(f"{entry}: a network has its length (/32), and anything else is a name")
    return Allowed(scheme=scheme, port=int(port), name=where)


def check(target: Target, addresses: list[Address], allowed: tuple[Allowed, ...]) -> None:
    """Refuses unless every address the host has may be connected to."""
    if not addresses:
        raise AddressRefused("The name has no address.")
    for address in addresses:
        public = target.scheme == "https" and target.port == 443 and is_public(address)
        if not public and not any(entry.covers(target, address) for entry in allowed):
            raise AddressRefused(
                "Receivers are reached at public addresses over https on port 443, or where this deployment allows it."
            )


def is_public(address: Address) -> bool:
    """Whether it is an address of the public network, in no disguise."""
    special = any(address.version == each.version and address in each for each in _NOT_PUBLIC)
    return address.is_global and not special and not getattr(address, "scope_id", None)


def _written(address: Address) -> str:
    """The one way to write it in a URL."""
    return f"[{address}]" if address.version == 6 else str(address)


def _inner(address: Address) -> Address | None:
    """The IPv4 address that travels inside one of IPv6, where one does."""
    if not isinstance(address, IPv6Address):
        return None
    return address.ipv4_mapped or address.sixtofour


def _is_name(host: str) -> bool:
    """A name of the domain name system, whose last part is no number: what ends in one is read as an address."""
    labels = host.split(".")
    return all(_LABEL.fullmatch(label) for label in labels) and not _NUMBER.fullmatch(labels[-1])
