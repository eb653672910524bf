"""What a token says of who its bearer is: a subject of its own issuer, and roles in the very form that was agreed."""

import contextlib
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from services.httpapi.callers.bearer import OUR_OWN, Callers, Issuer
from services.httpapi.callers.caller import Role, TokenInvalid
from services.text.people import folded
from tests.house.tree import list_modules
from tests.httpapi.tokens import ANOTHER_SERVICE, NOW, US, caller, token

THEIRS = Issuer(
    issuer="https://another",
    audience="tilsagn",
    jwks={"keys": [ANOTHER_SERVICE.as_dict(private=False)]},
    algorithms=("ES256",),
    subject_prefix="b:",
)
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.sampled_from(list(Role)),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.sampled_from(list(Role)), inner),
    max_leaves=8,
)


def both() -> Callers:
    return Callers([US, THEIRS], now=lambda: NOW)


def theirs(subject: str) -> str:
    return token(ANOTHER_SERVICE, {"kid": "another"}, iss="https://another", sub=subject)


@pytest.mark.parametrize("subject", ["b:x", "B:x", "b:", "B:X", "b:b:x"])
def test_whose_subject_begins_as_another_issuers_is_nobody(subject: str) -> None:
    with pytest.raises(TokenInvalid):
        caller(token(sub=subject), callers=both())
    assert caller(theirs("x"), callers=both()).subject == "b:x"


@pytest.mark.parametrize("subject", ["b", "bx", "xb:", "c:x", ":b:x", "a-b:x"])
def test_whose_subject_does_not_is_who_they_are(subject: str) -> None:
    assert caller(token(sub=subject), callers=both()).subject == subject


@pytest.mark.parametrize(
    "prefixes", [("", ""), ("b:", "b:"), ("b:", "B:"), ("b", "b:"), ("b:c:", "b:"), ("B:c:", "b:"), ("", "b:", "B:x")]
)
def test_prefixes_that_do_not_keep_subjects_apart_are_refused_at_the_start(prefixes: Sequence[str]) -> None:
    issuers = [replace(US, issuer=f"https://{nth}", subject_prefix=each) for nth, each in enumerate(prefixes)]
    with pytest.raises(ValueError, match="two people"):
        Callers(issuers)
    with pytest.raises(ValueError, match="two people"):
        Callers(issuers[::-1])


@pytest.mark.parametrize("prefix", [" ", "b: ", "b\N{ZERO WIDTH SPACE}:", "\N{FULLWIDTH LATIN SMALL LETTER B}:"])
def test_a_prefix_that_reads_as_another_is_refused_at_the_start(prefix: str) -> None:
    with pytest.raises(ValueError, match="printable ASCII"):
        replace(US, subject_prefix=prefix)


SUBJECTS = st.text("aAbB:", min_size=1, max_size=5)


@given(st.lists(st.text("aAbB:", max_size=3), min_size=2, max_size=3), SUBJECTS, SUBJECTS)
def test_of_issuers_that_start_no_two_give_one_subject_by_any_spelling(
    prefixes: list[str], one: str, other: str
) -> None:
    issuers = [
        replace(THEIRS if nth else US, issuer=f"https://{nth}", subject_prefix=prefix)
        for nth, prefix in enumerate(prefixes)
    ]
    try:
        callers = Callers(issuers, now=lambda: NOW)
    except ValueError:
        event("refused at the start")
        return
    tokens = (
        token(iss="https://0", sub=one),
        token(ANOTHER_SERVICE, {"kid": "another"}, iss="https://1", sub=other),
    )
    named = []
    for each in tokens:
        with contextlib.suppress(TokenInvalid):
            named.append(folded(caller(each, callers=callers).subject))
    event(f"{len(named)} named")
    assert len(set(named)) == len(named)


@pytest.mark.parametrize("name", [*OUR_OWN, "Sender", "channel:eformidling", "CHANNEL:smtp", "feed:grants"])
def test_nobody_is_what_the_services_call_themselves(name: str) -> None:
    with pytest.raises(TokenInvalid):
        caller(token(sub=name))


def test_every_worker_that_acts_has_a_name_no_person_can_have() -> None:
    actors = {
        line.partition('"')[2].rstrip('"')
        for _, text, _ in list_modules("services")
        for line in text.splitlines()
        if line.startswith("ACTOR = ")
    }
    assert actors == {name for name in OUR_OWN if not name.endswith(":")}


@pytest.mark.parametrize(
    "claim",
    [
        "approver auditor",
        "approver",
        {"approver": True},
        ["approver", 7],
        ["approver", None],
        ["approver", ["auditor"]],
        [["approver"]],
        [{"approver": "auditor"}],
        7,
        0,
        True,
        None,
        1.5,
    ],
)
def test_a_roles_claim_that_is_no_list_of_strings_is_none(claim: Any) -> None:
    assert caller(token(roles=claim)).roles == frozenset()


@given(ANY_JSON)
def test_a_claim_of_any_shape_gives_the_roles_it_lists_or_none(claim: Any) -> None:
    lists = isinstance(claim, list) and all(isinstance(each, str) for each in claim)
    expected = {each for each in claim if each in set(Role)} if lists else set()
    event("roles" if expected else "none")
    assert caller(token(roles=claim)).roles == expected


@given(ANY_JSON)
def test_a_claim_agreed_to_be_text_gives_the_words_of_a_text_or_none(claim: Any) -> None:
    expected = {word for word in claim.split(" ") if word in set(Role)} if isinstance(claim, str) else set()
    for issuer in (replace(US, roles_claim="scope"), replace(US, roles_claim="groups", roles_claim_is_text=True)):
        said = {issuer.roles_claim: claim}
        assert caller(token(**said), callers=Callers([issuer], now=lambda: NOW)).roles == expected


def test_a_scope_can_be_agreed_to_be_a_list() -> None:
    issuer = replace(US, roles_claim="scope", roles_claim_is_text=False)
    callers = Callers([issuer], now=lambda: NOW)
    assert caller(token(scope=["approver"]), callers=callers).roles == {Role.approver}
    assert caller(token(scope="approver"), callers=callers).roles == frozenset()
