"""Whether a transcription has the shape of `contracts/letter.schema.json`, told in sentences with lines.

The schema is the only description of the shape: what it refuses is refused here, and nothing else is.
"""

import difflib
import json
from collections.abc import Iterator
from datetime import date
from functools import cache
from itertools import islice
from pathlib import Path as File
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError

from services.grants.allocation.letter_file.marked_yaml import Marked, Path
from services.grants.allocation.letter_file.printed import LARGEST_ORE, read_printed

SCHEMA_FILE = File(__file__).parents[4] / "contracts" / "letter.schema.json"
MOST_PROBLEMS = 100
_LONGEST_SLIP = 40
_KINDS = {
    "string": "text (in quotes where it looks like a number)",
    "integer": "a whole number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a mapping of keys",
    "null": "empty",
}


def tell_of_shape(marked: Marked) -> None:
    """Adds the problems of shape to the document's own list, the first hundred of them."""
    told = (sentence for error in _validator().iter_errors(marked.value) for sentence in _sentences(error))
    for path, problem in islice(told, MOST_PROBLEMS):
        marked.tell(path, problem)


@cache
def _validator() -> Draft202012Validator:
    formats = FormatChecker(formats=())
    formats.checks("printed-amount")(_is_amount)
    formats.checks("date")(_is_day)
    schema = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema, format_checker=formats)


def _is_amount(value: object) -> bool:
    read = read_printed(value) if isinstance(value, str) else (0, 1)
    return read is not None and read[0] <= LARGEST_ORE


def _is_day(value: object) -> bool:
    if not isinstance(value, str):
        return True
    try:
        return 2000 <= date.fromisoformat(value).year <= 2100
    except ValueError:
        return False


def _sentences(error: ValidationError) -> Iterator[tuple[Path, str]]:
    path = tuple(error.absolute_path)
    schema = error.schema if isinstance(error.schema, dict) else {}
    wanted: Any = error.validator_value
    instance: Any = error.instance
    match error.validator:
        case "additionalProperties":
            for key in instance.keys() - schema["properties"].keys():
                yield (*path, key), _unknown_key(key, schema["properties"])
        case "required":
            yield path, f"Missing here: {', '.join(sorted(set(wanted) - instance.keys()))}."
        case "dependentRequired":
            yield path, f"Missing here: one of {', '.join(sorted(wanted))} calls for the other."
        case "oneOf" | "anyOf":
            needed = [" and ".join(choice["required"]) for choice in wanted]
            only = "one, and only one," if error.validator == "oneOf" else "at least one"
            yield path, f"This needs {only} of: {', '.join(needed)}."
        case _:
            yield path, _about_value(error, schema, wanted)


def _about_value(error: ValidationError, schema: dict[str, Any], wanted: Any) -> str:
    match error.validator:
        case "type":
            kinds = [wanted] if isinstance(wanted, str) else wanted
            return f"This must be {' or '.join(_KINDS[kind] for kind in kinds)}."
        case "enum":
            return f"This must be one of: {', '.join(wanted)}."
        case "minimum" | "minItems" | "minLength":
            return f"This is too small: at least {wanted}."
        case "maximum" | "maxItems" | "maxLength":
            return f"This is too large: at most {wanted}."
        case "format" if wanted == "printed-amount":
            return _about_amount(str(error.instance), schema)
        case "format":
            return "There is no such day between 2000 and 2100."
        case "uniqueItems":
            return "The same entry stands twice in this list."
        case _:
            return f"This is not written as it should be. {schema.get('description', '')}".strip()


def _unknown_key(key: str, known: dict[str, Any]) -> str:
    near = difflib.get_close_matches(key[:_LONGEST_SLIP], known, n=1, cutoff=0.6)
    return f"This key is not known here. Did you mean `{near[0]}`?" if near else "This key is not known here."


def _about_amount(text: str, schema: dict[str, Any]) -> str:
    if text.lstrip().startswith(("-", "−", "–")):
        return "An amount is written without a sign. Write what goes down as `decrease`."
    if read_printed(text) is not None:
        return "This amount is larger than 10 000 milliarder kroner."
    return f"This is not how an amount is printed. {schema['description']}"
