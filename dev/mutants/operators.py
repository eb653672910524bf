"""`mutmut` with operators of our own, run in the copy. What it makes by itself knows nothing of several of a thing."""

from collections.abc import Callable, Iterator
from typing import Any

import libcst as cst
import mutmut.mutation.mutators as stock
from mutmut.mutation import file_mutation

# A rule that counts all turned to one that counts the largest; each to any; the latest to the earliest; an order lost.
ANOTHER = {"sum": "max", "max": "min", "min": "max", "any": "all", "all": "any", "sorted": "list", "reversed": "list"}
# What a refusal says and what we hold against ourselves is no rule; nor is the text that a sentence is put together of.
WORDS = (cst.Raise, cst.Assert, cst.FormattedString, cst.ConcatenatedString)


def _both(test: Any, operator: Any, other: str) -> Any:
    """The test in brackets, and a value that settles it."""
    bracketed = test.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
    return cst.BooleanOperation(left=bracketed, operator=operator, right=cst.Name(other))


def asked_never(node: Any) -> Iterator[Any]:
    """The refusal, or the branch, that is never taken."""
    yield node.with_changes(test=_both(node.test, cst.And(), "False"))


def one_side(node: Any) -> Iterator[Any]:
    """A condition that is forgotten."""
    yield node.left.with_changes(lpar=node.lpar, rpar=node.rpar) if node.lpar else node.left
    yield node.right.with_changes(lpar=node.lpar, rpar=node.rpar) if node.lpar else node.right


def another_of_several(node: Any) -> Iterator[Any]:
    """One of several where all were meant, or the other way."""
    if not isinstance(node.func, cst.Name) or node.func.value not in ANOTHER:
        return
    changed = node.with_changes(func=cst.Name(ANOTHER[node.func.value]))
    if node.func.value == "sum":
        summed = node.args[0].value
        if isinstance(summed, cst.GeneratorExp):  # a generator beside another argument stands in brackets of its own
            summed = summed.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
        nothing = cst.Arg(cst.Integer("0"), keyword=cst.Name("default"))
        changed = changed.with_changes(args=[cst.Arg(summed), nothing])
    if node.func.value == "sorted":
        changed = changed.with_changes(args=node.args[:1])
    yield changed


def without_filter(node: Any) -> Iterator[Any]:
    """Those that were to be left out are counted."""
    for one in node.ifs:
        yield node.with_changes(ifs=[other for other in node.ifs if other is not one])


def without_the_others(node: Any) -> Iterator[Any]:
    """What was there before is forgotten when one comes."""
    for one in node.elements:
        if isinstance(one, cst.StarredElement | cst.StarredDictElement) and len(node.elements) > 1:
            yield node.with_changes(elements=[other for other in node.elements if other is not one])


def without_the_call(node: Any) -> Iterator[Any]:
    """A rule that is asked for its refusal alone is not asked."""
    if isinstance(node.value, cst.Call):
        yield cst.Pass()


OURS = [
    (cst.If, asked_never),
    (cst.BooleanOperation, one_side),
    (cst.Call, another_of_several),
    (cst.CompFor, without_filter),
    (cst.Tuple, without_the_others),
    (cst.List, without_the_others),
    (cst.Set, without_the_others),
    (cst.Dict, without_the_others),
    (cst.Expr, without_the_call),
]


def once(operator: Callable[[Any], Iterator[Any]]) -> Callable[[Any], Iterator[Any]]:
    """A text is changed in one way, not in three: another name is another name. One with a space is a sentence."""

    def changed(node: Any) -> Iterator[Any]:
        if " " not in getattr(node, "value", " "):
            yield from list(operator(node))[:1]

    return changed


def but_of_zip(operator: Callable[[Any], Iterator[Any]]) -> Callable[[Any], Iterator[Any]]:
    """That two rows are equally long is an assertion of ours."""

    def changed(node: Any) -> Iterator[Any]:
        if not (isinstance(node.func, cst.Name) and node.func.value in ("zip", "cast")):
            yield from operator(node)

    return changed


def put_in() -> None:
    """Give `mutmut` our operators, and have it pass over words."""
    changed = {stock.operator_string: once, stock.operator_arg_removal: but_of_zip}
    stock.mutation_operators[:] = [
        (kind, changed[operator](operator) if operator in changed else operator)
        for kind, operator in stock.mutation_operators
    ]
    stock.mutation_operators.extend(OURS)
    passed_over = file_mutation.MutationVisitor._skip_node_and_children

    def skipped(visitor: Any, node: Any) -> bool:
        return isinstance(node, WORDS) or bool(passed_over(visitor, node))

    file_mutation.MutationVisitor._skip_node_and_children = skipped


if __name__ == "__main__":
    put_in()
    from mutmut.__main__ import cli

    cli()
