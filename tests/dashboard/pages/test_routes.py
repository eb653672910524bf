"""Who may open the pages."""

from datetime import date

from fastapi import FastAPI
from fastapi.testclient import TestClient

from services.dashboard.pages.routes import static_files
from services.dashboard.pages.year import year_router
from tests.browser.sample import Sample
from tests.browser.sample_looks import sampled_looks
from tests.browser.serving import pages


def new_years_eve() -> date:
    return date(2020, 12, 31)


def test_a_reader_who_is_not_authorised_sees_no_figures_but_may_read_the_accessibility_statement() -> None:
    app = pages(session=None, address="http://testserver")
    reader = TestClient(app)
    assert [reader.get(path).status_code for path in ("/", "/poster/2020/291/71", "/brev/2020/4")] == [401, 401, 401]
    assert reader.get("/tilgjengelighet").status_code == 200


def test_style_sheets_are_open_to_all_and_kept_a_while() -> None:
    app = FastAPI()
    app.mount("/static", static_files())
    answer = TestClient(app).get("/static/pages.css")
    assert answer.headers["content-type"].startswith("text/css")
    assert answer.headers["cache-control"] == "public, max-age=3600"
    assert TestClient(app).get("/static/../routes.py").status_code == 404


def test_the_pages_are_no_part_of_the_api_description() -> None:
    app = FastAPI()
    app.include_router(year_router(Sample(), sampled_looks(), today=new_years_eve))
    assert app.openapi()["paths"] == {}
