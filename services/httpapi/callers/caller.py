"""Who asks: a person or a machine that has proved who it is, and what it may be."""

from dataclasses import dataclass
from enum import StrEnum

from services.httpapi.problem import HttpRefusal


class Role(StrEnum):
    """What a caller may be. The issuer says which; one person may have several."""

    caseworker = "caseworker"
    approver = "approver"
    attestor = "attestor"
    controller = "controller"
    ministry = "ministry"
    auditor = "auditor"
    administrator = "administrator"
    service = "service"


STAFF = tuple(role for role in Role if role is not Role.service)
"""The roles people have. A machine (`service`) reads feeds, the letters it carries and what its own endpoint is told,
and nothing beside."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Caller:
    """A person or machine that has proved who it is. `subject` is what events keep; `name` is for showing only."""

    subject: str
    roles: frozenset[Role]
    name: str | None = None


class TokenInvalid(HttpRefusal):
    """Why is told to the log, not to the caller: a forger learns nothing from us."""

    code = "token-invalid"
    status = 401
    title = "Innloggingen er ikke gyldig"
    headers = (("WWW-Authenticate", 'Bearer error="invalid_token"'),)
