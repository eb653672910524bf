"""What the tests of authorship build, for other tests to use as well."""

from services.grants.case.events.award import AwardProposed, Instalment, NamedIn, Recipient

BY_X = AwardProposed(
    fund_id="2020/291/71/fodt_fri",
    recipient=Recipient(name="Stiftelsen Født Fri"),
    amount_ore=1_000,
    purpose="Et ressursmiljø mot negativ sosial kontroll.",
    terms=("Regnskap leveres.", "Rapport leveres."),
    instalments=(Instalment(number=1, amount_ore=1_000),),
    basis=NamedIn(year=2020, letter=0, section="5.1"),
    proposed_by="x",
)
