"""Bodies that several rooms' acts are asked with."""

from services.httpapi.strict.fields import Body, Prose


class Because(Body):
    """Why, in words that can be read later."""

    reason: Prose
