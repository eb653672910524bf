"""What holds of a page by itself: what axe-core finds in it, how large it is, what ran, and what hides what."""

from functools import cache

from dev.chromium import Chromium, Tab
from tests import node_packages

STANDARDS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice")
TALLEST = {390: 6_000}
"""How high a page may be, by the width of the screen."""
RUN_AXE = f"""
axe.run({{runOnly: {list(STANDARDS)}, rules: {{"target-size": {{enabled: true}}}}, resultTypes: ["violations"]}}).then(
  (found) => [found.passes.map((rule) => rule.id), found.violations.flatMap((rule) => rule.nodes.map(
    (node) => `${{rule.id}}: ${{node.target.join(" ")}}: ${{node.failureSummary.replace(/\\s+/g, " ")}}`))])
"""
TURNED = r"""
[...(function* () {
  const turns = /[\u202a-\u202e\u2066-\u2069]/;
  const walker = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) if (turns.test(walker.currentNode.data)) yield walker.currentNode;
})()].flatMap((text) => {
  let around = text.parentElement;
  if (around.closest("script, style, template")) return [];
  const lets = (style) => style.unicodeBidi.split(" ")[0] === "normal" && style.display === "inline";
  while (lets(getComputedStyle(around))) around = around.parentElement;
  return around.textContent.trim() === text.data.trim() ? [] :
    [`text turned about beside other text, in <${around.localName} class="${around.className}">`];
})
"""
"""Signs that turn the direction of reading reach to the end of what isolates them: that must hold nothing else."""
CUT = """
[...document.querySelectorAll("main *, header *, footer *")].filter((each) => {
  const style = getComputedStyle(each), box = each.getBoundingClientRect();
  const hides = ["hidden", "clip"].includes(style.overflowX) && style.clipPath === "none" && style.clip === "auto";
  return hides && box.width > 2 && each.scrollWidth > each.clientWidth + 1 && each.clientWidth > 0;
}).map((each) => `text is cut off in <${each.localName} class="${each.className}">`)
"""
UNTIDY = r"""
[...(function* () {
  const seen = (each) => each.checkVisibility({visibilityProperty: true}) && each.getClientRects().length > 0;
  const called = (each) => `${each.localName} "${each.textContent.trim().slice(0, 30)}"`;
  for (const form of document.querySelectorAll("form")) {
    const fields = form.querySelectorAll("input:not([type=hidden], [type=checkbox], [type=radio]), select, button");
    const boxes = [...fields].filter(seen).map((each) => [each, each.getBoundingClientRect()]);
    for (const [button, box] of boxes.filter(([each]) => each.localName === "button"))
      for (const [field, other] of boxes)
        if (box.top < other.bottom && other.top < box.bottom) {
          const off = Math.abs((box.top + box.bottom) / 2 - (other.top + other.bottom) / 2);
          if (off > 1.5) yield `${called(button)} stands ${off.toFixed(1)} px off the field beside it`;
        }
  }
  for (const table of document.querySelectorAll("table")) {
    const heads = [...table.querySelectorAll(":scope > thead > tr:last-child > th")];
    if (getComputedStyle(table).display !== "table" || !heads.every((each) => each.colSpan === 1)) continue;
    const side = (each) => ["right", "end"].includes(getComputedStyle(each).textAlign) ? "end" : "start";
    for (const row of table.querySelectorAll(":scope > tbody > tr")) {
      if (row.cells.length !== heads.length) continue;
      const off = heads.find((head, at) => side(head) !== side(row.cells[at]) && row.cells[at].textContent.trim());
      if (off) { yield `what stands under ${called(off)} is not in line with it`; break; }
    }
  }
  const range = document.createRange();
  const kinds = "td, th, h1, h2, h3, dt, dd, p, li, label";
  for (const cell of document.querySelectorAll(kinds)) {
    const walker = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const text = walker.currentNode;
      if (text.parentElement.closest(kinds) !== cell || !seen(text.parentElement)) continue;
      for (const word of text.data.matchAll(/(?<!\p{L})\p{L}{4,22}(?!\p{L})/gu)) {
        range.setStart(text, word.index);
        range.setEnd(text, word.index + word[0].length);
        if (range.getClientRects().length > 1) yield `the word ${word[0]} is broken`;
      }
    }
  }
})()]
"""
"""What a designer would mend at a glance: a button beside its field and not in line with it, an amount that stands
elsewhere than under its heading, a word that is broken in the middle though it is no longer than words are."""

DRAWN = "[...document.querySelectorAll('svg.chart')].some((each) => each.checkVisibility())"
PRINTED = """
[...document.querySelectorAll("svg.chart")].filter((each) => each.checkVisibility()).flatMap((drawn) => {
  const shown = (each) => each.checkVisibility() && each.getBoundingClientRect().width > 0;
  const name = drawn.querySelector("title").textContent;
  const marks = [...drawn.querySelectorAll("path, rect, text")].filter(shown);
  const numbers = [...drawn.closest("section").querySelectorAll("td")].filter(shown);
  const width = drawn.getBoundingClientRect().width;
  return [...(marks.length > 5 ? [] : [`nothing is drawn of ${name}`]),
          ...(width <= innerWidth ? [] : [`${name} is wider than the paper`]),
          ...(numbers.length ? [] : [`no figures beside ${name}`])];
})
"""


@cache
def axe() -> str | None:
    """axe-core's script, by its hash in our lock; None where it cannot be had."""
    folder = node_packages.folder("axe-core")
    return None if folder is None else (folder / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


def violations(tab: Tab) -> list[str]:
    """What axe-core says against the page as it is shown now, by WCAG 2.2 AA and best practices."""
    script = axe()
    assert script is not None, "there is no axe-core here"
    if not tab.evaluate("'axe' in window"):
        tab.evaluate(script)
    passed, found = tab.evaluate(RUN_AXE)
    assert "html-has-lang" in passed, "axe-core looked at the page"
    return [f"axe {line}" for line in found]


def misfits(tab: Tab, width: int) -> list[str]:
    """What does not fit a screen of this width (CSS pixels)."""
    wide, high = tab.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]")
    faults = [f"{wide - width} px wider than the screen"] if wide > width else []
    faults += [f"{high} px high"] if high > TALLEST.get(width, high) else []
    return faults + list(tab.evaluate(CUT)) + untidy(tab)


def untidy(tab: Tab) -> list[str]:
    """What does not stand in line, and words that are broken, each said once."""
    return list(dict.fromkeys(tab.evaluate(UNTIDY)))


def turned(tab: Tab) -> list[str]:
    """Where a sign that turns the direction of reading reaches beyond the text it stands in."""
    return list(tab.evaluate(TURNED))


def ran(browser: Chromium, tab: Tab, *own: str) -> list[str]:
    """What a text on the page set going: a question to the reader, a name in the page, or something fetched from
    elsewhere than `own` addresses; and what the browser itself complains of."""
    asked = [f"fetched {address}" for address in tab.asked if not address.startswith((*own, "data:"))]
    answered = [f"asked {question!r}" for question in browser.questions]
    browser.questions.clear()
    left = tab.evaluate("Object.keys(window).filter((name) => name.startsWith('harm'))")
    return asked + answered + [f"set {name}" for name in left] + [f"console: {each}" for each in tab.complaints]


def not_on_paper(tab: Tab) -> list[str]:
    """What is empty where the page is printed: a drawing without anything in it, or without its figures beside it."""
    drawn = tab.evaluate("document.querySelector('svg.chart') !== null")
    tab.look(width=1030, scheme="light", media="print")
    found: list[str] = tab.evaluate(PRINTED)
    return found if not drawn or tab.evaluate(DRAWN) else [*found, "no drawing is printed"]
