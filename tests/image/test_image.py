"""The image that the Dockerfile makes: what compose says runs in it, as nobody in particular."""

from pathlib import Path

from dev import image
from tests.faults.compose_operator import composing
from tests.faults.composed import comes_up
from tests.image.containers import USER, Contained, inspected


def test_everything_that_compose_says_comes_up_in_the_image(tmp_path: Path) -> None:
    with composing(Contained, tmp_path) as contained:
        comes_up(contained)
        for name in contained.ports:
            assert contained.users(name) == {USER}, name
        asked = "'opentelemetry.sdk', 'pytest', 'dev'"
        look = f"import importlib.util as u; print([name for name in ({asked}) if u.find_spec(name)])"
        said = image.buildah("run", contained.container, "--", "python", "-c", look)
        assert said.strip() == "['opentelemetry.sdk']"  # what traces, and nothing that develops


def test_the_image_says_whom_it_runs_as_and_holds_no_secret() -> None:
    told = inspected()
    assert told["User"] == f"{USER}:{USER}"
    assert [each for each in told["Env"] if any(word in each for word in ("PASSWORD", "TOKEN", "SECRET", "KEY"))] == []
