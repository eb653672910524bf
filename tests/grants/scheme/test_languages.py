"""A letter says the scheme's texts in its own form of language, or is not made."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from services.grants.scheme.events import Form, InForm, InstalmentShare, SchemeRegistered
from services.grants.scheme.languages import SchemeTextsMissing, terms_in
from services.grants.scheme.letter_bounds import LetterUnsettable
from services.grants.scheme.refusals import TermsDoNotAddUp
from services.grants.scheme.terms import check_whole
from tests.conftest import Database
from tests.grants.award.grant_letters import DATED_ON, TERMS
from tests.grants.award.letter_routes import DATED, FUND, Desk, at_work, record, text_of

NYNORSK = InForm(
    form="nn",
    name="Nasjonale ressursmiljø på integreringsfeltet",
    control="Vi følgjer opp tilskotet gjennom rapportane.",
    reactions="Dersom vilkåra ikkje blir følgde, kan vi krevje pengane tilbake.",
    standard_terms=("Midlane skal brukast til formålet.",),
    conditions=("når avtalen er underskriven",),
)
BOTH = replace(
    TERMS,
    fund_ids=(FUND,),
    standard_terms=("Midlene brukes til formålet.",),
    instalments=(InstalmentShare(share_basis_points=10_000, condition="når avtalen er underskrevet"),),
    translations=(NYNORSK,),
)
SCHEME = "to-maal-2020"


def test_the_texts_are_those_of_the_form_and_nothing_else_is_otherwise() -> None:
    told = terms_in(BOTH, "nn")
    assert (told.name, told.control, told.reactions) == (NYNORSK.name, NYNORSK.control, NYNORSK.reactions)
    assert (told.standard_terms, told.instalments[0].condition) == (NYNORSK.standard_terms, *NYNORSK.conditions)
    assert (told.fund_ids, told.instalments[0].share_basis_points) == (BOTH.fund_ids, 10_000)
    assert terms_in(BOTH, "nb") == BOTH


@pytest.mark.parametrize("form", ["en", "nn"])
def test_a_form_the_scheme_has_not_is_refused_where_letters_are_made(form: Form) -> None:
    other: Form = "en" if form == "nn" else "nn"
    for terms in (TERMS, replace(BOTH, translations=(replace(NYNORSK, form=other),))):
        with pytest.raises(SchemeTextsMissing) as refused:
            terms_in(terms, form)
        assert refused.value.details["form"] == form
    without = replace(TERMS, letter_template=None)
    assert terms_in(without, form) == without


LESS: tuple[dict[str, Any], ...] = (
    {"control": ""},
    {"aim": "Noko meir."},
    {"standard_terms": ()},
    {"conditions": (None,)},
    {"conditions": ("a", "b")},
    {"form": "nb"},
)


@pytest.mark.parametrize("less", LESS)
def test_every_text_is_in_each_form_or_in_none(less: dict[str, Any]) -> None:
    check_whole(BOTH, 2020)
    with pytest.raises(TermsDoNotAddUp):
        check_whole(replace(BOTH, translations=(replace(NYNORSK, **less),)), 2020)


def test_no_form_is_written_twice() -> None:
    with pytest.raises(TermsDoNotAddUp):
        check_whole(replace(BOTH, translations=(NYNORSK, NYNORSK)), 2020)


def test_a_text_no_letter_can_have_is_refused_in_every_form() -> None:
    with pytest.raises(LetterUnsettable):
        check_whole(replace(BOTH, translations=(replace(NYNORSK, control="\u6f22"),)), 2020)


def test_a_nynorsk_letter_is_nynorsk_and_an_english_one_is_refused_where_it_is_asked_for(
    database: Database, tmp_path: Path
) -> None:
    async def story(desk: Desk) -> None:
        told = SchemeRegistered(scheme_id=SCHEME, year=2020, terms=BOTH, registered_on=DATED_ON, registered_by="anne")
        record(database, **{f"scheme-{SCHEME}": (told,)})
        left_out = {"terms": None, "instalments": None, "scheme_id": SCHEME}
        case = await desk.open_case(form="nn", **left_out)
        frozen = await desk.ask("PUT", f"{case}/letter", DATED, seen='"1"')
        assert frozen.status_code == 200, frozen.text
        letter = text_of((await desk.ask("GET", f"{case}/letter")).content)
        for said in (NYNORSK.name, NYNORSK.control, NYNORSK.reactions, *NYNORSK.standard_terms, *NYNORSK.conditions):
            assert "".join(str(said).split()) in letter
        assert "underskrevet" not in letter
        proposal = (await desk.ask("GET", case)).json()["proposed"]
        asked = {name: proposal[name] for name in ("fund_id", "recipient", "amount_ore", "purpose", "reports")}
        asked |= {"basis": {"year": 2020, "letter": 0, "section": "5.1"}, "form": "en", "scheme_id": SCHEME}
        refused = await desk.ask("POST", "/v1/cases", asked)
        assert (refused.status_code, refused.json()["code"]) == (422, "scheme-texts-missing")
        assert refused.json()["forms"] == ["nb", "nn"]

    at_work(database, tmp_path, story)
