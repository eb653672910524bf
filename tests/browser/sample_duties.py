"""What is due, what is told outside and what has left, in the sample year: full, empty and hostile."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any, ClassVar
from uuid import UUID

import httpx

AT = datetime(2020, 12, 30, 8, 15, tzinfo=UTC)
CASE = UUID("3f2b9c1e-5d47-4a8e-9b60-7c1d2e3f4a5b")
HOSTILE = "=HYPERLINK(\"x\")<script>alert('frist')</script>\u202e" + "langt " * 200


def due(number: int, day: date | None, **more: Any) -> Any:
    """One deadline as the register answers."""
    usual: dict[str, Any] = {
        "deadline_id": UUID(int=number), "kind": "assignment", "state": "due", "overdue": False, "due_on": day,
        "roles": ["controller", "ministry"], "what": f"Rapport {number}", "case_ids": [], "case_numbers": [],
        "posts": [], "year": 2020, "letter_number": 4, "assignment": f"2020-{number:03}", "amount_ore": None,
        "notice_id": None, "known_at": AT, "stream": "deadlines-allocation-2020", "key": f"assignment-4-{number}",
        "cite": None,
    }  # fmt: skip
    return SimpleNamespace(**{**usual, **more})


OF_A_CASE: dict[str, Any] = {
    "case_ids": [CASE],
    "case_numbers": ["2020/17"],
    "stream": f"deadlines-case-{CASE}",
    "key": "instalment-2",
    "posts": ["291.71"],
    "year": None,
    "letter_number": None,
    "assignment": None,
}
DUE = [
    *(due(number, date(2020, 12, 1 + number), letter_number=number % 3) for number in range(20)),
    *(due(50 + number, date(2020, 12, 31), overdue=number == 0) for number in range(5)),
    due(70, date(2020, 6, 1), state="met", kind="ministry-report", posts=["291.62", "291.71"]),
    due(71, date(2020, 10, 31), kind="pay-out", amount_ore=25_000_000_000, posts=["291.60"], assignment=None),
    due(72, date(2020, 11, 2), kind="instalment", amount_ore=300_000_000, what="Utbetaling av termin 2", **OF_A_CASE),
    due(73, date(2020, 11, 3), kind="a-kind-to-come", state="a-state-to-come", what=HOSTILE, **OF_A_CASE),
    due(74, None, state="undated"),
]


class Register:
    """The register of deadlines over these."""

    def __init__(self, rows: Sequence[Any] = DUE) -> None:
        self.rows = rows

    async def list_some(
        self, *, after: tuple[date, UUID] = (date.min, UUID(int=0)), limit: int = 50, **wanted: Any
    ) -> Sequence[Any]:
        def fits(row: Any) -> bool:
            day = row.due_on or date.max
            return (
                (day, row.deadline_id) > after
                and wanted.get("kind") in (None, row.kind)
                and wanted.get("state") in (None, row.state)
                and wanted.get("overdue") in (None, row.overdue)
                and (not wanted.get("since") or (row.due_on is not None and row.due_on >= wanted["since"]))
                and (not wanted.get("until") or (row.due_on is not None and row.due_on <= wanted["until"]))
            )

        found = sorted(filter(fits, self.rows), key=lambda row: (row.due_on or date.max, row.deadline_id))
        return found[:limit]


class Delivered:
    """What the first receiver was told: thirty messages and a test, the last of them not taken."""

    rows: ClassVar[list[dict[str, Any]]] = [
        {
            "id": UUID(int=1000 + number), "kind": "message", "sequence": number, "message_id": UUID(int=number),
            "type": "notice.received", "state": "failed" if number > 28 else "delivered", "tries": 2,
            "next_at": AT if number == 30 else None, "expires_at": None, "made_at": AT, "settled_at": AT,
        }
        for number in range(30, 0, -1)
    ]  # fmt: skip

    async def list_deliveries(
        self, endpoint: UUID, *, state: str | None, before: tuple[datetime, UUID] | None, limit: int
    ) -> Sequence[Mapping[str, Any]]:
        del endpoint
        rows = [row for row in self.rows if state in (None, row["state"])]
        if before is not None:
            rows = [row for row in rows if row["id"] < before[1]]
        return rows[:limit]

    async def list_attempts(self, endpoint: UUID, delivery: UUID) -> Sequence[Mapping[str, Any]]:
        del endpoint, delivery
        usual = {"begun_at": AT, "ended_at": AT, "took_ms": 41, "by_hand": False}
        return [
            usual | {"number": 1, "outcome": "failed", "status": 503, "problem": "it answered 503"},
            usual | {"number": 2, "outcome": "lost", "status": None, "problem": HOSTILE, "by_hand": True},
        ]


def answering(request: httpx.Request) -> httpx.Response:
    """A service that has no round, and something for every other question."""
    rounds: dict[str, Any] = {"items": []}
    return httpx.Response(200, json=rounds if request.url.path == "/v1/rounds" else {"path": request.url.path})


class Released:
    """Three letters that have left, one of a case without a number."""

    async def list_released(self, *, before: int | None = None, limit: int = 50) -> Sequence[Mapping[str, Any]]:
        usual = {"released_at": AT, "opens_at": AT, "letter_sha256": "ab" * 32}
        rows: list[dict[str, Any]] = [
            usual | {"case_id": CASE, "position": 9, "ground": "notice"},
            usual | {"case_id": UUID(int=2), "position": 5, "ground": "waiver", "opens_at": None},
            usual | {"case_id": UUID(int=3), "position": 3, "ground": "to come"},
        ]
        return [row for row in rows if before is None or row["position"] < before][:limit]


class Numbers:
    """What the cases are called."""

    async def find_case(self, year: int, number: int) -> UUID | None:
        return CASE if (year, number) in ((2020, 17), (2020, 18)) else None

    async def case_numbers(self, case_ids: Iterable[UUID]) -> Mapping[UUID, str]:
        known = {CASE: "2020/17", UUID(int=2): "2020/18"}
        return {each: known[each] for each in case_ids if each in known}
