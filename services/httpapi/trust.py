"""Whose tokens a service believes."""

from pathlib import Path
from typing import Protocol

from services.httpapi.callers.bearer import Callers, Issuer
from services.httpapi.issuer import DevelopmentIssuer, refuse_in_production
from services.httpapi.route import Router


class SignIn(Protocol):
    """What a service's settings say of signing in."""

    @property
    def environment(self) -> str: ...
    @property
    def issuers(self) -> tuple[Issuer, ...]: ...
    @property
    def dev_issuer_key(self) -> Path | None: ...
    @property
    def dev_issuer(self) -> str: ...
    @property
    def audience(self) -> str: ...


def trusted(settings: SignIn) -> tuple[Callers, list[Router]]:
    """The issuers believed, and in development our own beside them, with the routes where it publishes its keys.
    Raises DevelopmentIssuerInProduction rather than believe it anywhere else."""
    if settings.dev_issuer_key is None:
        return Callers(settings.issuers), []
    refuse_in_production(settings.environment)
    issuer = DevelopmentIssuer.from_file(
        settings.dev_issuer_key, issuer=settings.dev_issuer, audience=settings.audience
    )
    return Callers([*settings.issuers, issuer.trusted()]), [issuer.router()]
