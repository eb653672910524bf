"""Grant letters from two processes, beside the bare typesetter: the same letters compiled in one loop, with nothing
between."""

import asyncio
import json
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from uuid import uuid4

from bench.ground import EARMARK, Ground
from bench.measure import Figure, compared, timed
from services.grants.case.events.award import AwardProposed, Instalment, NamedIn, Recipient, ReportOwed
from services.grants.grant_letter.content import LetterContent, Particulars, assemble
from services.grants.grant_letter.letterhead import read_letterhead
from services.grants.grant_letter.typesetter import Typesetter
from services.grants.grant_letter.typesetting import TEMPLATES, Typesetters, request_of
from services.grants.scheme.events import NoticePolicy, SchemeTerms, Source

LETTERS, ROUNDS, PROCESSES, PER_SECOND = 200, 5, 2, 100
DAY = date(2020, 2, 10)


def letters(_: Ground) -> list[Figure]:
    """Letters a second from two processes, to the hundred that are asked for, and to the bare compiler in one."""
    contents = list(list_letters())
    rates: list[float] = []
    return [
        compared(f"letters a second from two processes, to {PER_SECOND}", rates_of(contents, rates), least=1.0),
        compared("the same, to the bare compiler in one process", to_the_bare(contents, rates), least=0.9),
    ]


def rates_of(contents: list[LetterContent], rates: list[float]) -> Iterator[float]:
    for seconds in asyncio.run(set_them(contents)):
        rates.append(len(contents) / seconds)
        yield rates[-1] / PER_SECOND


def to_the_bare(contents: list[LetterContent], rates: list[float]) -> Iterator[float]:
    asked = [json.loads(request_of(content)) for content in contents]
    setter = Typesetter(TEMPLATES)
    setter.pdf(**asked[0])  # fonts and templates are read once, there as here
    for rate in rates:
        yield rate / (len(asked) / timed(lambda: [setter.pdf(**each) for each in asked]))


async def set_them(contents: list[LetterContent]) -> list[float]:
    """Seconds each round took, all letters asked for at once."""
    typesetters, seconds = Typesetters(PROCESSES), []
    try:
        await asyncio.gather(*(typesetters.print(content) for content in contents[:PROCESSES]))
        for _ in range(ROUNDS):
            began = time.perf_counter()
            await asyncio.gather(*(typesetters.print(content) for content in contents))
            seconds.append(time.perf_counter() - began)
    finally:
        await typesetters.close()
    return seconds


def list_letters() -> Iterator[LetterContent]:
    """Two-page letters, each to its own recipient."""
    letterhead = read_letterhead()
    terms = SchemeTerms(
        name="Nasjonale ressursmiljøer",
        fund_ids=(EARMARK,),
        basis="named",
        notice=NoticePolicy(rule="exempt", source=Source(document="Instruks", section="5.4"), valid_from=DAY),
        source=Source(document="Tildelingsbrev 2020", section="5.1"),
        control="Vi følger opp tilskuddet gjennom rapportene.",
        reactions="Vi kan holde tilbake utbetalinger og kreve tilbake det som er utbetalt.",
    )
    proposal = AwardProposed(
        fund_id=EARMARK,
        recipient=Recipient(name="Født Fri"),
        amount_ore=600_000_000,
        purpose="Tilskuddet skal styrke arbeidet mot negativ sosial kontroll. " * 8,
        terms=("Midlene brukes til formålet.", "Ubrukte midler betales tilbake.") * 4,
        instalments=tuple(Instalment(number=number, amount_ore=200_000_000) for number in (1, 2, 3)),
        basis=NamedIn(year=2020, letter=0, section="5.1"),
        proposed_by="kari",
        reports=(ReportOwed(number=1, kind="final", due_on=date(2020, 12, 1)),),
    )
    for number in range(LETTERS):
        theirs = replace(proposal, recipient=Recipient(name=f"Mottaker {number}"))
        beside = Particulars(case_number=f"2020/{number}")
        yield assemble(theirs, terms, letterhead, case_id=uuid4(), dated_on=DAY, beside=beside)
