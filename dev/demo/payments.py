"""Instalments paid: an account that two have looked at, a third who attests, one file to accounting, its receipts."""

from collections.abc import Sequence

from dev.demo import told
from dev.demo.books import Books
from dev.demo.office import ANNE, KARI, OLA, PER, Office
from dev.demo.rounds import Grant
from dev.people import Unexpected


def register_accounts(office: Office, grants: Sequence[Grant], verified_on: str) -> None:
    """Kari registers each account, Ola holds it against the register."""
    for grant in grants:
        account = {"account_number": office.numbers.account(), "organisation_number": grant.organisation_number}
        office.acts(KARI, "PUT", grant.case, "payee-account", account | {"registered_on": verified_on})
        kept = office.reads(f"{grant.case}/payee-account", KARI)
        seen = {"account_id": kept["account_id"], "source": "demonstrasjon", "verified_on": verified_on}
        office.acts(OLA, "PUT", grant.case, "payee-account/verification", seen)
    told.line(f"{len(grants)} kontonumre registrert av Kari og kontrollert av Ola {verified_on} (oppdiktede)")


def pay(office: Office, books: Books, grants: Sequence[Grant], number: int, paid_on: str) -> None:
    """One instalment of each grant: attested by Per, asked for in one batch by Anne, answered for by accounting."""
    for grant in grants:
        attested = {"amount_ore": grant.parts[number - 1], "pay_on": paid_on, "attested_on": paid_on}
        office.acts(PER, "POST", grant.case, f"instalments/{number}/attestations", attested)
    total_ore = sum(grant.parts[number - 1] for grant in grants)
    told.line(f"Per attesterer termin {number} av {len(grants)} tilskudd {paid_on}", total_ore)
    wait_for_list(office, total_ore)
    batch = office.asks(ANNE, "/v1/payment-batches", {"made_on": paid_on})
    told.line(f"Anne lager betalingsfil med {batch['count']} oppdrag, kontrollsum", batch["control_total_ore"])
    receipts = [
        {
            "outcome": "paid",
            "payment_id": each["payment_id"],
            "amount_ore": each["amount_ore"],
            "voucher": f"demo-{each['payment_id'][:13]}",
            "answered_on": paid_on,
        }
        for each in batch["lines"]
    ]
    answered = office.asks(ANNE, f"/v1/payment-batches/{batch['batch_id']}/receipts", {"receipts": receipts})
    if answered["paid_ore"] != total_ore:
        raise Unexpected(f"accounting paid {answered['paid_ore']} øre of {total_ore}")
    office.forgets()
    for grant in grants:
        books.pay(grant.fund_id, grant.parts[number - 1])
    told.line(f"Regnskapet kvitterer: {len(receipts)} betalt {paid_on}", answered["paid_ore"])


def wait_for_list(office: Office, total_ore: int) -> None:
    """The list of what is attested follows the log within moments; a batch takes what it shows."""

    def attested() -> bool | None:
        posts = office.reads("/v1/payments/reconciliation?year=2020")["items"]
        return sum(post["attested_ore"] for post in posts) == total_ore or None

    office.waits_for(attested, "the list of attested payments")
