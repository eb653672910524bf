"""What can be done about each kind of deviation, and by whom. Nothing is done from a page."""

from collections.abc import Mapping

from services.dashboard.words.spoken import N_

_LETTER = N_(
    "Hold avskriften mot brevet, og rett den eller spør departementet. En controller avklarer det med en grunn."
)
_COVER = N_("Be departementet om dekning i et tillegg, eller reduser det som er lovet. Nye tilsagn stoppes så lenge.")
_CARRIED = N_("Hold overføringen mot fjorårets regnskap. En controller avklarer den med en grunn, eller brevet rettes.")
_HELD_OVER = N_("En controller registrerer årsskiftet på nytt i saken. Ingenting mer utbetales før det.")
_PAID = N_("Hold utbetalingene mot brevet som åpnet posten. Departementet må få vite om det; en retting føres for seg.")
_AUTHORITY = N_("Finn brevet som gir fullmakten, og registrer det, eller ta bruken tilbake.")
_PAST = N_("Be departementet om en fullmakt som rekker så langt, eller reduser det som står igjen av tilsagnet.")
OTHERWISE = N_("Se posten, og avklar det med en controller.")

ADVICE: Mapping[str, str] = {
    "below-zero": _LETTER,
    "below-promised": _COVER,
    "earmarked-beyond-promised": _COVER,
    "transfer-not-conserving": _LETTER,
    "carry-over-without-ground": _CARRIED,
    "carry-over-beyond-unused": _CARRIED,
    "carry-over-of-unknown-year": _CARRIED,
    "carry-over-not-above": _LETTER,
    "paid-beyond-carry-over": _PAID,
    "paid-not-held-over": _PAID,
    "paid-before-any-letter": _PAID,
    "claims-on-no-post": _HELD_OVER,
    "cover-fallen": _COVER,
    "overdrawn": _COVER,
    "held-over-outside-the-books": _HELD_OVER,
    "paid-on-a-closed-year": _PAID,
    "authority-used-without-letter": _AUTHORITY,
    "authority-of-no-letter": _AUTHORITY,
    "promised-beyond-authority": _AUTHORITY,
    "held-over-past-authority": _PAST,
}
