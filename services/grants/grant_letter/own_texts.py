"""What the letter of an award on no scheme says where a scheme would."""

from dataclasses import dataclass
from datetime import date

from services.eventlog.refusal import Refusal
from services.grants.case.events.award import AwardProposed
from services.grants.scheme.events import NoticePolicy, SchemeTerms, Source
from services.grants.scheme.letter_bounds import check_letters_of


class OwnTextsBesideScheme(Refusal):
    """The letter of an award on a scheme says what the scheme says."""

    code = "own-texts-beside-scheme"
    status = 422
    title = "Tilskuddet er på en ordning, og brevet har ordningens tekster"


@dataclass(frozen=True, kw_only=True)
class Own:
    """What the letter of an award on no scheme says where a scheme would."""

    title: str
    control: str
    reactions: str


def own_terms(proposal: AwardProposed, own: Own) -> SchemeTerms:
    """The award's own texts as a scheme would have them. Refuses (`OwnTextsBesideScheme`) those of an award on one, and
    what `check_letters_of` refuses."""
    if proposal.scheme_id is not None:
        raise OwnTextsBesideScheme("The award is on a scheme, and its letter says the scheme's texts. Leave own out.")
    source = Source(document="-", section="-")
    terms = SchemeTerms(
        name=own.title,
        fund_ids=(proposal.fund_id,),
        basis="named",
        notice=NoticePolicy(rule="notice", source=source, valid_from=date(int(proposal.fund_id[:4]), 1, 1)),
        source=source,
        control=own.control,
        reactions=own.reactions,
    )
    check_letters_of(terms)
    return terms
