"""What the tests of forms build, for other tests to use as well."""

from services.dashboard.sign_in.sessions import proof_of
from tests.dashboard.office import ADDRESS, Browser, Office

OURS = {"origin": ADDRESS, "sec-fetch-site": "same-origin", "sec-fetch-mode": "navigate"}


async def signed_in(office: Office, person: str) -> tuple[Browser, str]:
    browser = office.browser()
    await browser.sign_in(person)
    return browser, proof_of(browser.http.cookies["tilsagn"])
