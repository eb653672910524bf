"""Reasons that several rows of the table share, each with the source of its rule."""

PREPARER = "Whoever prepared does not decide (domain rule 3)."
ONLY_TELLS = "It only tells what was done, or what somebody outside said."
SENDS_BACK = "It sends back, and decides nothing."
DISPOSAL = (
    "Budget disposal and attestation of one expense are two people's (Bestemmelser om økonomistyring i staten 2.5.2.1)."
)
KEEPER = "Whoever keeps the payee's account attests nothing that is paid to it, in whichever order (domain rule 3)."
REGISTRAR = "Whoever registered the complaint has prepared it (domain rule 3)."
NO_JUDGE = "No complaint meets only the person whose decision it is about (forvaltningsloven § 28)."
TWO_SIDES = (
    "The ministry's word on a notice is no word of the directorate's (Instruks 5.4): "
    "whoever acted for the one on it does not act for the other."
)
FOUR_EYES = "One reads what was done and the other what it cost."
SAME_CHECK = "It is that check, with the other outcome."
EXPLAINS = "It explains; no money moves."
OUT_BY_ONE_SIDE = f"The gate decides, and two people made the award. {TWO_SIDES}"
