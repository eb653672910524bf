"""PostgreSQL folds texts as the application does: each sign there is, and texts of them."""

import sys
import unicodedata
from collections.abc import Sequence

import psycopg
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.text.folding import folded
from tests.conftest import Database

ASSIGNED = [chr(each) for each in range(1, sys.maxunicode + 1) if unicodedata.category(chr(each)) not in ("Cs", "Cn")]
TEXTS = st.lists(
    st.text(
        st.one_of(
            st.sampled_from("åÅ 1\N{NO-BREAK SPACE}\N{ZERO WIDTH SPACE}\N{COMBINING RING ABOVE}ßẞıİﬁ"),
            st.characters(exclude_categories=("Cs", "Cn"), exclude_characters="\0"),
        )
    ),
    min_size=1,
    max_size=50,
)


def in_postgresql(database: Database, texts: Sequence[str]) -> list[str]:
    asked = "SELECT grants.folded(t) FROM unnest(%s::text[]) WITH ORDINALITY AS given(t, nth) ORDER BY nth"
    with psycopg.connect(database.service_dsn) as connection:
        return [row[0] for row in connection.execute(asked, [list(texts)])]


def test_every_sign_is_folded_alike(database: Database) -> None:
    texts = [f"m{sign}n" for sign in ASSIGNED]
    pairs = zip(texts, in_postgresql(database, texts), strict=True)
    assert {ascii(text): (folded(text), there) for text, there in pairs if folded(text) != there} == {}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=TEXTS)
def test_texts_are_folded_alike(database: Database, texts: list[str]) -> None:
    assert in_postgresql(database, texts) == [folded(text) for text in texts]
