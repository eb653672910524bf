"""Where words are owed, one rule says whether there are any: invisible signs alone once passed for a reason."""

import ast

from tests.house.tree import list_modules

NO_WORDS = {
    "services/dashboard/pages/receiver.py": "space at the ends of a number",
    "services/dashboard/pages/recipients.py": "space at the ends of what is looked for",
    "services/dashboard/pages/trying_out.py": "the bytes of a file, which grants reads",
    "services/dashboard/sign_in/form.py": "the name of a media type",
    "services/grants/allocation/letter_file/shape.py": "a sentence put together here",
    "services/grants/round/batch_file/batch_cells.py": "space at the ends of an amount",
    "services/grants/round/batch_file/csv_lines.py": "the line that says which sign parts the columns",
    "services/grants/round/line_routes.py": "the name of a media type",
    "services/httpapi/strict/document.py": "the name of a media type",
    "services/httpapi/commands/etag.py": "a list of tags in a header",
    "services/httpapi/strict/fields.py": "space at the ends of a line",
    "services/httpapi/limits.py": "the name of an encoding",
    "services/httpapi/restoration/command.py": "a token in a file",
    "services/inbox/follower.py": "a token in a file",
    "services/notifications/channel/smtp.py": "a password in a file",
}
"""Where a text is stripped all the same."""


def test_nobody_asks_whether_a_text_is_blank_by_its_spaces() -> None:
    strips = {
        name
        for name, _, tree in list_modules("services")
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in ("strip", "isspace") and name != "services/text/folding.py"
    }
    assert strips == NO_WORDS.keys()
