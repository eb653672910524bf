"""What the tests of rules build, for other tests to use as well."""

from uuid import UUID

NOTICE = UUID("8d9e0f1a-2b3c-4d5e-8f60-718293a4b5c6")
