"""Funds are a tree of path ids: a post "2020/291/71" has none above it, an earmark lies under the path before its last
name."""


def post_of(fund_id: str) -> str:
    """The post a fund lies under: "2020/291/71/nasjonale-ressursmiljo" -> "2020/291/71"."""
    return "/".join(fund_id.split("/")[:3])


def parent_of(fund_id: str) -> str | None:
    """The fund above; none above a post."""
    above, _, _ = fund_id.rpartition("/")
    return above if above.count("/") >= 2 else None
