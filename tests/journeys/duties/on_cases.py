"""What the tests of on cases build, for other tests to use as well."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date
from typing import Any

from services.eventlog.command import Command, Write
from services.eventlog.events import Event
from services.eventlog.log import Log
from services.grants.balance.movements import effects
from services.grants.case.events.grant_letter import LetterReleased
from services.grants.scheme.events import SchemeRegistered
from tests.faults.service import DECIDED_OUTSIDE
from tests.grants.application.desk import APPLICATION, ASSESSMENT, FIRST_ROUND, IMPARTIAL
from tests.grants.award.grant_letters import DATED_ON, TERMS
from tests.grants.award.letter_routes import PROPOSAL as OF_A_LETTER
from tests.grants.award.letter_routes import SCHEME
from tests.grants.disbursement.payments_over_http import ACCOUNT, ATTESTED
from tests.grants.recipient_report.routes import ARRIVED, INTERIM, RIGHT
from tests.grants.scheme.scheme_routes import AT, JOBBSJANSEN
from tests.journeys import two_duties as acts
from tests.journeys.duties.walking import Pair, is_refused, signed
from tests.journeys.office import FUND, LETTER_OUT, OPENING, Office

ONE, TWO, THREE, FOUR = "oskar", "berit", "tone", "arne"
Act = tuple[str, str, dict[str, Any]]
BACK: dict[str, Any] = {"reason": "Se på det."}
LETTERED = SchemeRegistered(
    scheme_id=SCHEME,
    year=2020,
    terms=replace(TERMS, fund_ids=(FUND,)),
    registered_on=DATED_ON,
    registered_by="anne",
)


class Walk(Office):
    """A case on which `me` does the first act and tries the second, also as `again`."""

    me = again = ""

    def signed(self, person: str) -> dict[str, str]:
        self.acts += 1
        return signed(self.settings, person) | {"Idempotency-Key": f"{self.acts}"}

    async def do(self, person: str, act: Act) -> dict[str, Any]:
        """An act under the case, or at an address of its own."""
        method, path, body = act
        if not path.startswith("/v1/"):
            return await self.does(person, method, path, **body)
        answer = await self.client.request(
            method, path, headers=self.signed(person) | {"If-Match": self.version}, json=body
        )
        assert answer.is_success, answer.text
        self.version = answer.headers.get("ETag", self.version)
        self.case = answer.headers.get("Location", self.case)
        return dict(answer.json())

    async def new(self) -> None:
        """The next thing begins."""
        self.case, self.version = "", '"0"'

    async def keeps_out(self, act: Act, *others: str) -> None:
        """The second act is neither mine nor these others', by any spelling of our names."""
        method, path, body = act
        for person in (self.me, self.again, *others, *(other.upper() for other in others)):
            address = path if path.startswith("/v1/") else OPENING.get(path, f"{self.case}/{path}")
            headers = self.signed(person) | {"If-Match": self.version}
            await is_refused(self.client.request(method, address, headers=headers, json=body), person)

    async def then(self, act: Act, colleague: str = FOUR) -> None:
        """A colleague is let do it: so it was the person, nothing else."""
        await self.do(colleague, act)

    def hear(self, event: Event) -> None:
        """What the notifications service told of this case."""
        log = Log(self.settings.database_url, None, schema="grants", effects=effects)  # type: ignore[arg-type]
        before = int(self.version.strip('"'))
        stream = f"case-{self.case.rpartition('/')[2]}"
        assert log.append_now(Command(actor="notifications"), Write(stream, before, (event,))).outcome == "recorded"
        log.close()
        self.version = f'"{before + 1}"'

    async def grants(self, *parts_ore: int, **more: Any) -> None:
        """An award made, and its letter out, before this system; none of it by me."""
        await self.new()
        await self.do(ONE, ("POST", "imports", self.plan(parts_ore, FUND) | DECIDED_OUTSIDE | more))
        await self.do(TWO, acts.CONFIRM_IMPORT)
        await self.letter_out()

    async def letter_out(self) -> None:
        await self.do(ONE, acts.CLAIM_LETTER)
        await self.do(THREE, acts.CONFIRM_LETTER)

    async def has_account(self, registrar: str = ONE, verifier: str = TWO) -> None:
        account = (await self.do(registrar, ("PUT", "payee-account", ACCOUNT)))["disbursement"]["account"]
        await self.do(verifier, verified(account["account_id"]))


def verified(account_id: str) -> Act:
    seen = {"account_id": account_id, "source": "Brev fra banken", "verified_on": "2020-02-12"}
    return ("PUT", "payee-account/verification", seen)


Story = Callable[[Walk], Awaitable[None]]
STORIES: dict[Story, tuple[Pair, ...]] = {}


def walks(second: str, *firsts: str) -> Callable[[Story], Story]:
    """This story tries the second act against each of these firsts."""

    def register(story: Story) -> Story:
        STORIES[story] = (*STORIES.get(story, ()), *((second, first) for first in firsts))
        return story

    return register


@walks("approve award", "propose award")
async def an_award(walk: Walk) -> None:
    await walk.new()
    await walk.do(walk.me, acts.OPEN)
    await walk.keeps_out(acts.APPROVE)
    await walk.do(ONE, ("POST", "award/returns", BACK))
    await walk.do(ONE, ("PUT", "award", acts.OPEN[2]))
    await walk.keeps_out(acts.APPROVE, ONE)
    await walk.do(TWO, ("POST", "award/returns", BACK))
    await walk.do(ONE, ("PUT", "award", acts.OPEN[2] | {"purpose": "Ressursmiljø."}))
    await walk.keeps_out(acts.APPROVE, ONE)
    await walk.then(acts.APPROVE)


@walks("approve award", "freeze letter")
async def the_letter_of_an_award(walk: Walk) -> None:
    await walk.new()
    of_little = {"amount_ore": 500, "instalments": [{"number": 1, "amount_ore": 500}]}
    await walk.do(ONE, ("POST", "", OF_A_LETTER | of_little))
    await walk.do(walk.me, ("PUT", "letter", {"dated_on": "2020-02-03"}))
    await walk.keeps_out(acts.APPROVE)
    await walk.then(acts.APPROVE)


@walks("confirm award import", "propose award", "claim award import")
async def a_decision_made_outside(walk: Walk) -> None:
    await walk.new()
    await walk.do(walk.me, acts.IMPORT)
    await walk.keeps_out(acts.CONFIRM_IMPORT)
    await walk.do(ONE, ("POST", "award/returns", BACK))
    await walk.do(ONE, ("PUT", "award/import", acts.IMPORT[2]))
    await walk.keeps_out(acts.CONFIRM_IMPORT, ONE)
    await walk.then(acts.CONFIRM_IMPORT)


@walks("confirm letter release", "claim letter release")
async def a_letter_from_before(walk: Walk) -> None:
    await walk.new()
    await walk.do(ONE, acts.IMPORT)
    await walk.do(TWO, acts.CONFIRM_IMPORT)
    await walk.do(walk.me, acts.CLAIM_LETTER)
    await walk.do(ONE, ("PUT", "letter-release", LETTER_OUT | {"document": "20/00123-5"}))
    await walk.keeps_out(acts.CONFIRM_LETTER, ONE)
    await walk.then(acts.CONFIRM_LETTER)


def change(kind: str) -> Act:
    more: dict[str, dict[str, Any]] = {
        "supplementary": {
            "ground": {"code": "more-granted", "text": "Mer."}, "added": [{"number": 3, "amount_ore": 100}],
        },
        "reduction": acts.LESS[2],
        "annulment": {
            "ground": {"code": "reversal-invalid", "text": "Ugyldig."}, "hearing": acts.LESS[2]["hearing"],
        },
    }  # fmt: skip
    return ("POST", "award/changes", more[kind] | {"kind": kind})


@walks("approve supplement", "propose change")
@walks("approve reduction", "propose change")
@walks("approve annulment", "propose change")
async def a_change(walk: Walk) -> None:
    approval: Act = ("PUT", "award/changes/approval", {"approved_on": "2020-09-01", "disposal_authority": "Instruks"})
    for kind in ("supplementary", "reduction", "annulment"):
        await walk.grants(50, 500)
        await walk.do(walk.me, change(kind))
        await walk.keeps_out(approval)
        await walk.do(ONE, ("POST", "award/changes/returns", BACK))
        await walk.do(ONE, change(kind))
        await walk.keeps_out(approval, ONE)
        await walk.then(approval)


@walks("freeze letter", "approve award", "approve supplement", "approve reduction")
async def the_letter_of_what_was_decided(walk: Walk) -> None:
    """The letter of a change is made by nobody who approved that change, or the award, or a change before."""
    freeze: Act = ("PUT", "letter", {"dated_on": "2020-02-20"})
    parts = [{"number": 1, "amount_ore": 50}, {"number": 2, "amount_ore": 500}]
    approval: Act = ("PUT", "award/changes/approval", {"approved_on": "2020-02-20", "disposal_authority": "Instruks"})
    await walk.new()
    await walk.do(ONE, ("POST", "", OF_A_LETTER | {"amount_ore": 550, "instalments": parts}))
    await walk.do(ONE, freeze)
    await walk.do(walk.me, acts.APPROVE)
    for kind, approver in (("supplementary", TWO), ("reduction", THREE)):
        method, path, body = change(kind)
        await walk.do(ONE, (method, path, {name: body[name] for name in body if name != "hearing"}))
        await walk.do(approver, approval)
        await walk.keeps_out(freeze, TWO, approver)
    await walk.then(freeze)


@walks("answer change request", "register change request")
async def what_a_recipient_asks_for(walk: Walk) -> None:
    await walk.grants(100, 100)
    await walk.do(walk.me, acts.REQUEST)
    await walk.keeps_out(acts.ANSWER)
    await walk.then(acts.ANSWER)


ATTEST: Act = ("POST", "instalments/1/attestations", ATTESTED | {"amount_ore": 100})
PAY: Act = ("POST", "instalments/1/payments", {"amount_ore": 100, "paid_on": "2020-12-02", "reference": "B-1"})


@walks("attest payment", "confirm award import")
@walks("record earlier payment", "confirm award import")
async def money_bound_from_outside(walk: Walk) -> None:
    await walk.new()
    await walk.do(ONE, ("POST", "imports", walk.plan((100, 100), FUND) | DECIDED_OUTSIDE))
    await walk.do(walk.me, acts.CONFIRM_IMPORT)
    await walk.letter_out()
    await walk.has_account()
    await walk.keeps_out(ATTEST)
    await walk.keeps_out(PAY)
    await walk.then(ATTEST)


@walks("attest payment", "approve award")
@walks("record earlier payment", "approve award")
async def money_bound_here(walk: Walk) -> None:
    """Whose letter is not out yet: who may pay is asked first, and a colleague is told of the letter."""
    await walk.new()
    await walk.do(ONE, acts.OPEN)
    await walk.do(walk.me, acts.APPROVE)
    for act in (ATTEST, PAY):
        await walk.keeps_out(act)
        told = await walk.refused(FOUR, *act[:2], **act[2])
        assert told["code"] == "letter-not-released"


@walks("attest payment", "approve supplement")
@walks("record earlier payment", "approve supplement")
async def money_bound_as_a_supplement(walk: Walk) -> None:
    await walk.grants(50, 50)
    await walk.do(ONE, change("supplementary"))
    approval = {"approved_on": "2020-02-20", "disposal_authority": "Instruks"}
    await walk.do(walk.me, ("PUT", "award/changes/approval", approval))
    await walk.has_account()
    for method, path, body in (ATTEST, PAY):
        await walk.keeps_out((method, path.replace("/1/", "/3/"), body))
    await walk.then((ATTEST[0], "instalments/3/attestations", ATTEST[2]))


@walks("attest payment", "release withheld")
@walks("record earlier payment", "release withheld")
async def money_let_go_of(walk: Walk) -> None:
    await walk.grants(50, 500)
    await walk.do(ONE, acts.WARN)
    await walk.do(TWO, acts.WITHHOLD)
    await walk.do(walk.me, acts.RELEASE)
    await walk.has_account()
    late = {"pay_on": "2020-12-03", "attested_on": "2020-12-02"}
    attest: Act = ("POST", "instalments/2/attestations", ATTEST[2] | late)
    await walk.keeps_out(attest)
    await walk.keeps_out(acts.PAY_SECOND)
    await walk.then(attest)


@walks("attest payment", "register account", "verify account")
@walks("verify account", "register account")
async def an_account_kept(walk: Walk) -> None:
    await walk.grants(100, 100)
    account = (await walk.do(walk.me, ("PUT", "payee-account", ACCOUNT)))["disbursement"]["account"]
    await walk.keeps_out(verified(account["account_id"]))
    account = (await walk.do(ONE, ("PUT", "payee-account", ACCOUNT)))["disbursement"]["account"]
    await walk.keeps_out(verified(account["account_id"]), ONE)
    await walk.then(verified(account["account_id"]), TWO)
    await walk.keeps_out(ATTEST, ONE, TWO)
    await walk.then(ATTEST)


@walks("register account", "attest payment")
@walks("verify account", "attest payment")
async def an_account_after_an_attestation(walk: Walk) -> None:
    await walk.grants(100, 100)
    await walk.has_account()
    await walk.do(walk.me, ATTEST)
    await walk.keeps_out(("PUT", "payee-account", ACCOUNT))
    account = (await walk.do(ONE, ("PUT", "payee-account", ACCOUNT)))["disbursement"]["account"]
    await walk.keeps_out(verified(account["account_id"]))
    await walk.then(verified(account["account_id"]), TWO)


@walks("decide withholding", "warn of withholding", "omit warning")
async def a_withholding(walk: Walk) -> None:
    for first in (acts.WARN, acts.OMIT):
        await walk.grants(50, 500)
        await walk.do(walk.me, first)
        await walk.keeps_out(acts.WITHHOLD)
        method, path, body = first
        await walk.do(ONE, (method, path, body | {"amount_ore": 499}))
        withhold = (*acts.WITHHOLD[:2], acts.WITHHOLD[2] | {"amount_ore": 499})
        await walk.keeps_out(withhold, ONE)
        await walk.then(withhold)


@walks("decide reclaim", "warn of reclaim")
@walks("net reclaim", "warn of reclaim")
@walks("record repayment", "decide reclaim")
async def a_reclaim(walk: Walk) -> None:
    await walk.grants(300, 200)
    await walk.do(ONE, ("POST", "instalments/1/payments", PAY[2] | {"amount_ore": 300, "paid_on": "2020-03-02"}))
    await walk.do(walk.me, acts.WARN_OF_RECLAIM)
    await walk.do(ONE, (*acts.WARN_OF_RECLAIM[:2], acts.WARN_OF_RECLAIM[2] | {"amount_ore": 299}))
    reclaim = (*acts.RECLAIM[:2], acts.RECLAIM[2] | {"amount_ore": 299})
    await walk.keeps_out(reclaim, ONE)
    await walk.do(TWO, reclaim)
    await walk.keeps_out(acts.NET, ONE)
    await walk.then(acts.NET)
    walk.me, mine = TWO, walk.me
    walk.again, was = TWO.upper(), walk.again
    await walk.keeps_out(acts.REPAY)
    walk.me, walk.again = mine, was
    await walk.then(acts.REPAY)


async def withheld(walk: Walk, decider: str = TWO) -> None:
    await walk.grants(50, 500)
    await walk.do(ONE, acts.WARN)
    await walk.do(decider, acts.WITHHOLD)


@walks("take up late", "register complaint")
@walks("dismiss complaint", "register complaint")
async def a_late_complaint(walk: Walk) -> None:
    await withheld(walk)
    await walk.do(walk.me, acts.LATE)
    await walk.keeps_out(acts.TAKE_UP_LATE)
    await walk.keeps_out(acts.DISMISS)
    await walk.then(acts.DISMISS)


@walks("suspend decision", "register complaint")
@walks("end suspension", "register complaint")
@walks("reverse decision", "register complaint")
async def a_complaint_registered(walk: Walk) -> None:
    await withheld(walk)
    await walk.do(walk.me, acts.COMPLAIN)
    await walk.keeps_out(acts.REVERSE)
    await walk.keeps_out(acts.SUSPEND)
    await walk.do(THREE, acts.SUSPEND)
    await walk.keeps_out(acts.END_SUSPENSION)
    await walk.then(acts.END_SUSPENSION)
    await walk.then(acts.REVERSE)


@walks("dismiss complaint", "decide what is disputed")
@walks("forward complaint", "decide what is disputed")
@walks("record outcome", "decide what is disputed", "forward complaint")
async def a_complaint_of_ones_own_decision(walk: Walk) -> None:
    await withheld(walk, walk.me)
    await walk.do(THREE, acts.LATE)
    await walk.keeps_out(acts.DISMISS)
    await walk.do(FOUR, acts.TAKE_UP_LATE)
    await walk.keeps_out((*acts.FORWARD[:2], acts.FORWARD[2] | {"forwarded_on": "2020-12-29"}))
    await walk.do(THREE, (*acts.FORWARD[:2], acts.FORWARD[2] | {"forwarded_on": "2020-12-29"}))
    await walk.keeps_out(acts.OUTCOME, THREE)
    await walk.then(acts.OUTCOME)


@walks("check money", "check content")
@walks("return report for money", "check content")
@walks("check content", "check money")
@walks("return report for content", "check money")
@walks("conclude control", "confirm award import", "check content", "check money")
async def a_report(walk: Walk) -> None:
    await walk.grants(50, 50, reports=[INTERIM])
    wrong = {"reasons": ["Mangler."], "reply_by": "2020-10-20", "returned_on": "2020-09-20"}
    for mine, other in (("content", "money"), ("money", "content")):
        arrived = {"used_ore": 50, "received_on": "2020-09-01", "results": f"Kurs, sett på {mine}."}
        await walk.do(ONE, ("POST", "reports/1/versions", ARRIVED | arrived))
        await walk.do(walk.me, ("PUT", f"reports/1/{mine}-check", RIGHT))
        await walk.keeps_out(("PUT", f"reports/1/{other}-check", RIGHT))
        await walk.keeps_out(("POST", f"reports/1/{other}-check/returns", wrong))
        await walk.then(("POST", f"reports/1/{other}-check/returns", wrong), THREE)
    control = {"risks": ["returned-report"], "basis": "Kom tilbake.", "selected_on": "2020-10-21"}
    await walk.do(ONE, ("POST", "controls", control))
    found: Act = ("PUT", "controls/1/conclusion", {"found": "I orden.", "in_order": True, "concluded_on": "2020-11-01"})
    await walk.keeps_out(found, TWO)
    await walk.then(found)


@walks("conclude control", "approve award")
async def a_control_of_an_award_made_here(walk: Walk) -> None:
    await walk.new()
    await walk.do(ONE, ("POST", "", acts.OPEN[2]))
    await walk.do(walk.me, acts.APPROVE)
    walk.hear(LetterReleased(released_on=date(2020, 2, 10), sha256="ab" * 32, message_id="1"))
    control = {"risks": ["earlier-remarks"], "basis": "Melding utenfra.", "selected_on": "2020-10-21"}
    await walk.do(ONE, ("POST", "controls", control))
    found: Act = ("PUT", "controls/1/conclusion", {"found": "I orden.", "in_order": True, "concluded_on": "2020-11-01"})
    await walk.keeps_out(found)
    await walk.then(found)


@walks("settle award", "propose settlement")
async def a_settlement(walk: Walk) -> None:
    await walk.grants(100, 100)
    propose: Act = ("PUT", "settlement", {"used_ore": 0, "proposed_on": "2021-04-01"})
    settle: Act = ("PUT", "settlement/approval", {"settled_on": "2021-04-03"})
    await walk.do(walk.me, propose)
    await walk.keeps_out(settle)
    await walk.do(ONE, ("PUT", "settlement/return", BACK))
    await walk.do(ONE, propose)
    await walk.keeps_out(settle, ONE)
    await walk.then(settle)


LATE = APPLICATION | {"arrived_on": "2020-02-29"}
ANSWERS = {
    "dismissal": ({"ground": "duplicate", "reason": "Samme søknad.", "proposed_on": "2020-03-12"}, "dismissed_on"),
    "rejection": ({"ground": "other", "reason": "Samme søknad.", "proposed_on": "2020-03-12"}, "rejected_on"),
}


@walks("dismiss application", "propose dismissal", "propose rejection")
@walks("reject application", "propose dismissal", "propose rejection")
async def an_answer_of_no(walk: Walk) -> None:
    """Whichever way it was first put: the reason is theirs who wrote it."""
    for first in ANSWERS:
        for second in ANSWERS:
            await walk.new()
            await walk.do(ONE, ("POST", "/v1/applications", APPLICATION))
            body, on = ANSWERS[second]
            decide: Act = ("PUT", f"application/{second}", {on: "2020-03-13"})
            await walk.do(walk.me, ("PUT", f"application/{first}-proposal", ANSWERS[first][0]))
            await walk.do(ONE, ("POST", f"application/{first}-proposal/returns", BACK))
            await walk.do(ONE, ("PUT", f"application/{second}-proposal", body))
            await walk.keeps_out(decide, ONE)
            await walk.then(decide)


@walks("dismiss application", "assess application")
@walks("reject application", "assess application")
@walks("approve award", "assess application")
@walks("confirm award import", "assess application")
async def an_application_assessed(walk: Walk) -> None:
    award = acts.OPEN[2] | {
        "fund_id": FIRST_ROUND.fund_id, "scheme_id": "jobbsjansen-2020",
        "basis": {"kind": "applied", "call_id": FIRST_ROUND.call_id, "version": 1},
        "recipient": {name: APPLICATION["applicant"][name] for name in
                      ("name", "organisation_number", "municipality_number")},
    }  # fmt: skip
    for kind in ("dismissal", "rejection", "award", "import"):
        await walk.new()
        await walk.do(ONE, ("POST", "/v1/applications", APPLICATION))
        await walk.do(walk.me, ("PUT", "impartiality", IMPARTIAL))
        await walk.do(walk.me, ("POST", "assessments", ASSESSMENT))
        if kind == "award":
            await walk.do(ONE, ("PUT", "award", award))
            await walk.keeps_out(acts.APPROVE)
        elif kind == "import":
            await walk.do(ONE, ("PUT", "award/import", award | DECIDED_OUTSIDE))
            await walk.keeps_out(acts.CONFIRM_IMPORT)
        else:
            body, on = ANSWERS[kind]
            await walk.do(ONE, ("PUT", f"application/{kind}-proposal", body))
            decide: Act = ("PUT", f"application/{kind}", {on: "2020-03-13"})
            await walk.keeps_out(decide)
            await walk.then(decide)


@walks("accept late application", "register application")
async def a_late_application(walk: Walk) -> None:
    await walk.new()
    await walk.do(walk.me, ("POST", "/v1/applications", LATE))
    accept = {"version": 1, "ground": "special-reasons", "reason": "Posten.", "accepted_on": "2020-03-02"}
    await walk.keeps_out(("PUT", "application/late-acceptance", accept))
    await walk.then(("PUT", "application/late-acceptance", accept))


@walks("end tie", "be tied")
async def a_tie(walk: Walk) -> None:
    at = "/v1/organisations/974760673/ties"
    answer = await walk.client.get(at, headers=walk.signed(ONE))
    walk.version = answer.headers.get("ETag", '"0"')
    await walk.do(ONE, ("POST", at, {"person": walk.me, "kind": "board-member", "recorded_on": "2020-01-02"}))
    ending: Act = ("POST", f"{at}/endings", {"person": walk.me, "reason": "Gikk ut.", "ended_on": "2020-03-01"})
    await walk.keeps_out(ending)
    await walk.then(ending)


@walks("publish call", "register scheme", "revise scheme")
@walks("confirm notice policy", "register scheme", "revise scheme", "propose notice policy")
async def terms(walk: Walk) -> None:
    scheme = JOBBSJANSEN.scheme | {"scheme_id": "introduksjon-2020"}
    scheme["terms"] = scheme["terms"] | {"fund_ids": [FUND]}
    at = AT.replace("jobbsjansen", "introduksjon")
    call = JOBBSJANSEN.calls[0] | {"call_id": "introduksjon-2020.forste-runde", "fund_id": FUND}
    publish: Act = ("POST", f"{at}/calls", call)
    confirm: Act = ("PUT", f"{at}/notice-policy/confirmation", {})
    policy = scheme["terms"]["notice"] | {"document_sha256": "cd" * 32}
    await walk.new()
    await walk.do(walk.me, ("POST", "/v1/schemes", scheme))
    await walk.keeps_out(publish)
    revised = {"reason": "Klarere.", "revised_on": "2020-01-09"}
    full_stop = scheme["terms"] | {"aim": f"{scheme['terms']['aim']}."}
    await walk.do(ONE, ("PUT", at, revised | {"terms": full_stop}))
    await walk.keeps_out(publish, ONE)
    await walk.do(ONE, ("PUT", f"{at}/notice-policy", policy))
    await walk.keeps_out(confirm, ONE)
    elsewhere = full_stop | {"notice": policy | {"source": {"document": "Brev", "section": "9"}}}
    await walk.do(THREE, ("PUT", at, revised | {"terms": elsewhere}))
    await walk.keeps_out(confirm, THREE)
    await walk.then(confirm)
    await walk.keeps_out(publish, ONE, THREE)
    await walk.then(publish)


WALKED: set[Pair] = {pair for pairs in STORIES.values() for pair in pairs}
