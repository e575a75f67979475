"""An officer's hands on the keyboard of a real Chromium: keys and nothing else, never the mouse."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

_MOST_TABS = 150
_FOCUSED = """() => {
  const at = document.activeElement;
  if (!at || at === document.body) return null;
  const box = at.getBoundingClientRect(), style = getComputedStyle(at);
  // Radios and checkboxes of GOV.UK are see-through; what is drawn for them stands behind their labels.
  const isDrawn = box.width > 0 && box.height > 0 && style.visibility === "visible";
  const kind = at.getAttribute("type") || at.tagName.toLowerCase();
  const alike = [...document.getElementsByName(at.name || "")].filter(each => each.type === "radio");
  const group = kind === "radio" ? alike.map(each => each.labels[0].textContent.trim()) : [];
  return {kind, isDrawn, group};
}"""
_WHERE_IN_WINDOW = """() => {
  const box = document.activeElement.getBoundingClientRect();
  return box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
}"""


class Keyboard:
    """The keyboard before one page, and the pictures taken of it.

    What has the focus is asked of the accessibility tree, as a screen reader would.
    """

    def __init__(self, page: Page, pictures: Path) -> None:
        self.page = page
        self._protocol = page.context.new_cdp_session(page)
        self._pictures = pictures
        self._taken = 0
        self.stops = 0

    def picture(self, name: str) -> None:
        """Keep what the window shows."""
        self._taken += 1
        self.page.screenshot(path=self._pictures / f"{self._taken:02} {name}.png")

    def press(self, key: str) -> None:
        """Press a key that stays on the page."""
        self.page.keyboard.press(key)

    def go(self, key: str) -> None:
        """Press a key that leads to another page, and wait for it."""
        with self.page.expect_navigation():
            self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        """Type into whatever has the focus."""
        self.page.keyboard.type(text)

    def tab_to(self, name: str, *, kind: str = "") -> None:
        """Press Tab until the focus is on what is called so; every stop on the way has a name and is seen.

        A name that ends with three dots goes on.
        """
        begins = name.removesuffix("…")
        self._tab(
            lambda found, _state: found.startswith(begins) if begins != name else found == name,
            repr(name), kind=kind,
        )  # fmt: skip

    def follow(self, name: str) -> None:
        """Tab to a link or button and press Enter."""
        self.tab_to(name)
        self.go("Enter")

    def fill(self, name: str, text: str) -> None:
        """Tab to a field and type into it, in place of what stands there."""
        self.tab_to(name)
        self.press("Control+a")
        self.type(text)

    def tick(self, name: str) -> None:
        """Tab to a box and tick it."""
        self.tab_to(name, kind="checkbox")
        self.press("Space")

    def choose(self, name: str) -> None:
        """Tab to the radios among which one is called so, and choose it with the arrows."""
        self._tab(lambda _found, state: name in state["group"], f"the radios with {name!r}")
        for _ in range(_MOST_TABS):
            if self.name() == name:
                self.press("Space")
                return
            self.press("ArrowDown")
        raise AssertionError(f"no arrow leads to {name!r}")

    def into_main(self) -> None:
        """Take the skip link, which has to be the first stop of every page."""
        self.press("Tab")
        assert self.name() == "Skip to main content", self.name()
        self.press("Enter")

    def name(self) -> str:
        """Return the accessible name of what has the focus, empty where nothing has it."""
        found = self._protocol.send("Runtime.evaluate", {"expression": "document.activeElement"})
        object_id = found["result"].get("objectId")
        if object_id is None:
            return ""
        asked = {"objectId": object_id, "fetchRelatives": False}
        (node, *_) = self._protocol.send("Accessibility.getPartialAXTree", asked)["nodes"]
        return str(node.get("name", {}).get("value", "")).strip()

    def _tab(self, is_there: Any, wanted: str, *, kind: str = "") -> None:
        passed: list[str] = []
        for _ in range(_MOST_TABS):
            self.press("Tab")
            state = self.page.evaluate(_FOCUSED)
            if state is None:
                continue
            self.stops += 1
            name = self.name()
            assert name, f"a {state['kind']} without a name after {passed[-3:]}"
            assert state["isDrawn"], f"{name!r} has the focus and cannot be seen"
            passed.append(name)
            if kind in {"", state["kind"]} and is_there(name, state):
                assert self.page.evaluate(_WHERE_IN_WINDOW), f"{name!r} has the focus outside the window"
                return
        raise AssertionError(f"Tab does not lead to {wanted}, but to {list(dict.fromkeys(passed))}")
