"""Whoever has no mouse: every link, button, field and summary is reached by Tab alone, in the order it is read, seen
where it is, and left again."""

from typing import Any

from dev.chromium import Tab

MOST = 3_000
WATCH = """
(() => {
  const kinds = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]";
  const own = (each) => each.matches("[tabindex='-1']") === false && !each.disabled;
  const seen = (each) => each.checkVisibility({visibilityProperty: true}) && each.getClientRects().length > 0;
  const looks = (each) => {
    const style = getComputedStyle(each);
    const line = style.outlineStyle === "none" ? 0 : parseFloat(style.outlineWidth);
    return [line, style.boxShadow, style.backgroundColor, style.borderColor].join();
  };
  const inOrder = () => [...document.querySelectorAll(kinds)].filter((each) => own(each) && seen(each));
  const before = new Map(inOrder().map((each) => [each, looks(each)]));
  const called = (each) => `<${each.localName}> ${(each.getAttribute("aria-label") || each.textContent || each.name ||
    "").trim().replace(/\\s+/g, " ").slice(0, 50)}`;
  let last = null;
  const reached = new Set();
  window.keyboard = {
    step(backwards) {
      const at = document.activeElement;
      if (!at || at === document.body) return {over: true, faults: []};
      if (reached.has(at)) return {over: true, faults: at === inOrder()[backwards ? inOrder().length - 1 : 0] ? []
        : [`caught at ${called(at)}`]};
      const faults = [], order = inOrder(), place = order.indexOf(at), box = at.getBoundingClientRect();
      const known = last === null ? (backwards ? order.length - 1 : 0) : order.indexOf(last) + (backwards ? -1 : 1);
      if (place < 0) {
        const scrolls = at.scrollWidth > at.clientWidth || at.scrollHeight > at.clientHeight;
        return {over: false, faults: scrolls ? [] : [`reached ${called(at)}, which is nothing to use`]};
      }
      reached.add(at);
      if (place !== known) faults.push(`after ${last ? called(last) : "the beginning"} comes ${called(at)}`);
      if (!at.matches(":focus-visible") || looks(at) === before.get(at)) faults.push(`no focus seen on ${called(at)}`);
      if (box.bottom <= 0 || box.top >= innerHeight) faults.push(`focus outside the screen at ${called(at)}`);
      else if (box.height < innerHeight) {
        const one = at.getClientRects()[0], middle = one.left + Math.min(one.width, innerWidth) / 2;
        const over = document.elementFromPoint(middle, one.top + one.height / 2);
        if (over && !at.contains(over) && !over.contains(at) && !over.closest("label")?.contains(at))
          faults.push(`${called(at)} lies under <${over.localName} class="${over.className}">`);
      }
      if (last && !backwards && at.closest("main") && last.closest("main")) {
        const above = last.getBoundingClientRect();
        const isAbove = box.bottom <= above.top && box.left < above.right;
        if (isAbove) faults.push(`${called(at)} stands above ${called(last)}`);
      }
      last = at;
      return {over: false, faults, closed: at.localName === "summary" && !at.parentElement.open};
    },
    fromTheEnd() {
      last = inOrder().at(-1) ?? null;
      last?.focus();
      if (last) reached.add(last);
    },
    opened() {
      for (const each of inOrder()) if (!before.has(each)) before.set(each, looks(each));
      return last.parentElement.open;
    },
    end() {
      const left = inOrder().filter((each) => !reached.has(each)).map((each) => `never reached ${called(each)}`);
      const meant = `a, button, summary, input:not([type=hidden]), select, textarea, [onclick], [role=button],
        [role=link]`;
      const unusable = [...document.querySelectorAll(meant)].filter((each) => seen(each) && !each.disabled)
        .filter((each) => !inOrder().includes(each)).map((each) => `no key reaches ${called(each)}`);
      const found = {reached: reached.size, faults: [...left, ...unusable]};
      reached.clear();
      last = null;
      return found;
    },
  };
})()
"""


def unreached(tab: Tab, *, back: bool = False) -> tuple[int, list[str]]:
    """How many places Tab reaches from the beginning of the page, each fold opened by Enter on the way; and what is
    wrong with any. With `back`, the whole way back as well."""
    tab.evaluate("document.activeElement?.blur(); scrollTo(0, 0)")
    tab.evaluate(WATCH)
    count, faults = _go(tab, backwards=False)
    if back:
        tab.evaluate("keyboard.fromTheEnd()")
        _, more = _go(tab, backwards=True)
        faults += [f"on the way back: {each}" for each in more]
    return count, faults


def _go(tab: Tab, *, backwards: bool) -> tuple[int, list[str]]:
    faults: list[str] = []
    for _ in range(MOST):
        tab.press("Tab", shift=backwards)
        told: dict[str, Any] = tab.evaluate(f"keyboard.step({str(backwards).lower()})")
        faults += told["faults"]
        if told["over"]:
            break
        if told.get("closed"):
            tab.press("Enter")
            if not tab.evaluate("keyboard.opened()"):
                faults.append("Enter opens no fold")
    else:
        faults.append("there is no end to it")
    found = tab.evaluate("keyboard.end()")
    return int(found["reached"]), faults + found["faults"]
