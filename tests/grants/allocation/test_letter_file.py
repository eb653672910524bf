"""A transcription that cannot be read gets every problem with its line, and never its own text back."""

import json

import pytest
from jsonschema import Draft202012Validator

from services.grants.allocation.letter_file.marked_yaml import MAX_BYTES
from services.grants.allocation.letter_file.reading import LetterUnreadable, read_letter
from services.grants.allocation.letter_file.shape import SCHEMA_FILE
from tests.grants.allocation.letters import OPENING, letter_of, opening, source_of

LINE = {text: number for number, text in enumerate(OPENING.split("\n"), start=1)}
POST_01 = next(number for text, number in LINE.items() if "290/01" in text)
APPROPRIATED = next(number for text, number in LINE.items() if "appropriated" in text)


def problems_of(source: str | bytes) -> list[tuple[int, str]]:
    with pytest.raises(LetterUnreadable) as refused:
        read_letter(source.encode() if isinstance(source, str) else source)
    assert (refused.value.code, refused.value.status) == ("letter-unreadable", 422)
    return [(each["line"], each["problem"]) for each in refused.value.details["problems"]]


def only_problem(source: str | bytes) -> tuple[int, str]:
    (problem,) = problems_of(source)
    return problem


def changed(old: str, new: str) -> str:
    assert old in OPENING
    return OPENING.replace(old, new, 1)


def test_the_nine_letters_of_2020_can_be_read() -> None:
    assert [letter_of(number).number for number in range(9)] == list(range(9))


def test_the_schema_is_a_schema_and_strict_everywhere() -> None:
    schema = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    objects = [schema, *(each for each in schema["$defs"].values() if each.get("type") == "object")]
    assert len(objects) > 20
    assert all(each["additionalProperties"] is False for each in objects)


def test_a_line_of_the_letter_keeps_its_amount_precision_cite_and_line() -> None:
    post = opening().posts[0]
    assert (post.at_disposal.amount_ore, post.at_disposal.unit_ore) == (10_000_000_000, 100_000_000)
    assert (post.at_disposal.printed, post.at_disposal.cite, post.line) == ("100 mill.", "5.1", POST_01)


def test_bad_utf_8_is_told_by_line() -> None:
    source = changed("name: Drift", "name: Dr@ft").encode().replace(b"@", b"\xff")
    line, problem = only_problem(source)
    assert (line, "UTF-8" in problem) == (POST_01 + 1, True)


def test_a_misspelt_key_is_told_with_the_near_one_and_not_repeated() -> None:
    line, problem = only_problem(changed("appropriated:", "apropriated:"))
    assert (line, problem) == (APPROPRIATED, "This key is not known here. Did you mean `appropriated`?")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("number: 0", "number: zero", "a whole number"),
        ("number: 0", "number: -1", "at least 0"),
        ("number: 0", "number: 100", "at most 99"),
        ("number: 0", "number: 99999999999999999999", "a whole number"),
        ("number: 0", "number: true", "a whole number"),
        ("year: 2020", "year: 1999", "at least 2000"),
        ("name: Drift", "name: [Drift]", "text"),
        ("name: Drift", 'name: ""', "at least 1"),
        ("2020-01-01", "2020-02-30", "no such day"),
        ("2020-01-01", "20200101", "text"),
        ("2020-01-01", "01.01.2020", "not written as it should be"),
        ("ground: printed", "ground: guessed", "one of: printed, inferred"),
        ("ground: printed", "ground: inferred", "Missing here: reason"),
        ("post: 290/01", "post: 290/1", "not written as it should be"),
        ('amount: "100 mill."', 'amount: "-100 mill."', "without a sign"),
        ('amount: "100 mill."', 'amount: "100"', "not how an amount is printed"),
        ('amount: "100 mill."', "amount: 100", "must be text"),
        ('amount: "100 mill."', "amount: 100.5", "Amounts are quoted text"),
        ('amount: "100 mill."', "amount: 1e9", "Amounts are quoted text"),
        ('amount: "100 mill."', 'amount: "10 000 001 mill."', "larger than 10 000 milliarder"),
        ('amount: "100 mill."', 'amount: "99999999999999999999 mill."', "not how an amount is printed"),
        ('"100 mill.", cite: "5.1"}', '"100 mill."}', "Missing here: cite"),
        ("keywords: [transferable]", "keywords: [transferable, transferable]", "twice"),
        ("keywords: [transferable]", "keywords: [overførbar]", "one of: transferable, estimated"),
    ],
)
def test_what_a_letter_cannot_say_is_refused_in_words(old: str, new: str, says: str) -> None:
    told = problems_of(changed(old, new))
    assert any(says in problem for _, problem in told), told
    assert new not in str(told)


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("title: &a x\n", "Anchors"),
        ("a: [*b]\n", "Aliases"),
        ("title: !!python/object:os.system x\n", "Tags"),
        ("title: [\n", "not YAML"),
        ("? [a]\n: b\n", "A key is a word"),
        ("year: 2020\n---\nyear: 2021\n", "One file holds one letter"),
        ("year: 2020\nyear: 2021\n", "twice"),
        ('title: "a\\0b"\n', "control character"),
        ("title: a\x07b\n", "control character"),
        ("title: \u202emoc\n", "control character"),
        ("a: " + "[" * 30 + "]" * 30, "nested"),
        ("", "must be a mapping"),
        ("- 1\n", "must be a mapping"),
    ],
)
def test_what_is_no_plain_yaml_is_refused(source: str, says: str) -> None:
    told = problems_of(source)
    assert any(says in problem for _, problem in told), told


def test_a_file_of_another_encoding_is_refused() -> None:
    assert "UTF-8" in only_problem(OPENING.encode("utf-16"))[1]


def test_a_file_that_is_too_large_is_refused_before_it_is_read() -> None:
    assert "larger than" in only_problem(b"#" * (MAX_BYTES + 1))[1]


def test_a_thousand_nested_brackets_neither_hang_nor_crash() -> None:
    assert problems_of("[" * 100_000)


def test_all_problems_are_told_at_once_in_the_order_of_the_lines() -> None:
    told = problems_of(changed("number: 0", "number: x").replace("291/71", "29171").replace("2020-01-01", "2020-13-01"))
    assert [line for line, _ in told] == [3, 5, LINE_OF_71]


LINE_OF_71 = next(number for text, number in LINE.items() if "291/71" in text)


SELF_CONTRADICTIONS = {
    "add up to 49999999 kroner": """
earmarks:
  - under: 291/71
    whole: true
    cite: a
    parts: [{id: x, name: X, amount: "49 999 999", cite: a}]
    sum: {amount: "50 000 000", cite: a}""",
    "add up to 120000000 kroner": """
chapters:
  - {chapter: 290, name: D, cite: a, sum: {amount: "121 mill.", cite: a}}""",
    "nothing to tell": """
chapters:
  - {chapter: 290, name: D, sum_differs: nei, cite: a, sum: {amount: "120 mill.", cite: a}}""",
    "No line of this letter opens": """
changes:
  - {fund: 291/72, increase: "1 mill.", moves: appropriation, why: w, cite: a}""",
    "not to itself": """
transfers:
  - {from: 291/71, to: 291/71, amount: "1 mill.", moves: appropriation, why: w, cite: a}""",
    "opens the post itself": """
stated:
  - {post: 291/71, at_disposal: {amount: "1 mill.", cite: a}, cite: a}""",
    "assignment number stands twice": """
assignments:
  - {number: "2020-001", title: A, cite: a}
  - {number: "2020-001", title: B, cite: a}""",
    "one, and only one": """
changes:
  - {fund: 291/71, increase: "1 mill.", decrease: "1 mill.", moves: appropriation, why: w, cite: a}""",
    "at least one of: name, recipient": """
earmarks:
  - under: 291/71
    whole: true
    cite: a
    parts:
      - {id: x, amount: "1 mill.", cite: a}""",
}


@pytest.mark.parametrize(("says", "more"), SELF_CONTRADICTIONS.items())
def test_a_transcription_that_disagrees_with_itself_is_refused_on_its_line(says: str, more: str) -> None:
    source = OPENING.rstrip() + more
    line, problem = only_problem(source)
    assert says in problem
    assert line == len(source.split("\n"))


def test_a_post_twice_is_told_on_the_second() -> None:
    line, problem = only_problem(changed("291/71", "290/45"))
    assert (line, problem) == (LINE_OF_71, "The same post stands twice in this letter.")


def test_a_letter_counts_from_a_day_in_its_own_budget_year() -> None:
    assert "budget year" in only_problem(changed("2020-01-01", "2021-01-01"))[1]


def test_a_sum_the_letter_itself_prints_wrong_is_read_when_the_transcriber_says_so() -> None:
    more = 'chapters: [{chapter: 290, name: D, sum: {amount: "121 mill.", cite: a}, sum_differs: Avrundet, cite: a}]'
    assert read_letter((OPENING + more).encode()).chapters[0].sum_differs == "Avrundet"


def test_the_real_letter_with_one_krone_wrong_in_a_recipients_line_is_refused() -> None:
    source = source_of(0).decode().replace('"6 075 000"', '"6 075 001"')
    line, problem = only_problem(source)
    assert "SUM" in source.split("\n")[line - 1]
    assert "42110001 kroner" in problem


SAMORA = """
earmarks:
  - under: 291/71
    whole: false
    cite: "5.1"
    parts:
      - id: nasjonale-ressursmiljo
        name: Nasjonale ressursmiljø
        amount: "20 mill."
        cite: "5.1"
        split:
          whole: true
          cite: "5.1"
          parts:
            - {id: samora, recipient: Samora, amount: "12 mill.", cite: "5.1"}
            - {id: vox, recipient: Vox, amount: "8 mill.", cite: "5.1"}
      - {id: frivillige, name: Frivillige, amount: "10 mill.", cite: "5.1"}
transfers:
"""
UNEVEN_ENDS = [
    ("291/71/nasjonale-ressursmiljo/samora", "290/01"),
    ("290/01", "291/71/nasjonale-ressursmiljo/samora"),
    ("291/71/frivillige", "291/71"),
    ("291/71", "291/71/nasjonale-ressursmiljo"),
    ("291/71/nasjonale-ressursmiljo/samora", "291/71/frivillige"),
    ("291/71/frivillige", "291/71/nasjonale-ressursmiljo/vox"),
]
EVEN_ENDS = [
    ("290/01", "291/71"),
    ("291/71", "290/45"),
    ("291/71/frivillige", "291/71/nasjonale-ressursmiljo"),
    ("291/71/nasjonale-ressursmiljo/vox", "291/71/nasjonale-ressursmiljo/samora"),
]


def transferring(source: str, target: str) -> str:
    line = f'  - {{from: {source}, to: {target}, amount: "1 000 000", moves: at_disposal, why: w, cite: a}}\n'
    return OPENING + SAMORA + line


@pytest.mark.parametrize(("source", "target"), UNEVEN_ENDS)
def test_a_transfer_that_would_create_or_lose_money_on_a_level_cannot_be_written(source: str, target: str) -> None:
    text = transferring(source, target)
    line, problem = only_problem(text)
    assert line == text.count("\n", 0, text.index("  - {from:")) + 1
    assert "create or lose money" in problem


@pytest.mark.parametrize(("source", "target"), EVEN_ENDS)
def test_a_transfer_between_posts_or_earmarks_of_one_fund_is_read(source: str, target: str) -> None:
    changes = read_letter(transferring(source, target).encode()).changes
    assert sum(each.amount_ore for each in changes) == 0
