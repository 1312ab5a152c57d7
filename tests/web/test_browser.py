"""The page in a real browser, on a desk and on a phone."""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import pytest
from conftest import Gz
from playwright.sync_api import Browser, ConsoleMessage, Error, Page, ViewportSize, sync_playwright
from served import VIEWS, Served

PICTURE = Path(__file__).parent.parent / "pictures" / "web.png"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Return a headless Chromium that is on this machine."""
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if program is None:
        pytest.skip("no Chromium here: Debian's package chromium has one")
    quiet = "--no-first-run --disable-gpu --disable-quic --disable-background-networking --disable-component-update"
    with sync_playwright() as playwright:
        try:
            # A container has no user namespaces to make a sandbox of; the only pages opened are our own.
            chromium = playwright.chromium.launch(executable_path=program, args=[*quiet.split(), "--no-sandbox"])
        except Error as error:
            pytest.skip(f"Chromium does not start here: {error.message.splitlines()[0]}")
        with chromium:
            yield chromium


@contextmanager
def opened(
    browser: Browser, page: Served, width: int, *, scheme: Literal["light", "dark"] = "light", scripts: bool = True
) -> Iterator[Page]:
    """Open the page in a window of that size; nothing may be wrong in its console when it closes."""
    troubles: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            troubles.append(message.text)

    size: ViewportSize = {"width": width, "height": 720}
    with browser.new_context(viewport=size, color_scheme=scheme, java_script_enabled=scripts) as context:
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        tab = context.new_page()
        tab.on("console", listen)
        tab.on("pageerror", lambda error: troubles.append(str(error)))
        tab.goto(page.address)
        yield tab
    assert troubles == []


def overflows(tab: Page) -> bool:
    """Return whether a page is wider than its window, once its style is there."""
    tab.wait_for_load_state()
    return bool(tab.evaluate("document.documentElement.scrollWidth > window.innerWidth"))


@pytest.mark.parametrize("width", [1080, 390])
def test_a_browser_finds_who_said_it(browser: Browser, page: Served, cli: Gz, width: int) -> None:
    """A person searches "green development", narrows it to a topic, and comes to the deep link.

    The README's picture of the search is made anew where GZ_PICTURES is set.
    """
    with opened(browser, page, width) as tab:
        tab.get_by_label("Who said it?").fill("green development")
        tab.keyboard.press("Enter")
        tab.wait_for_url("**/facts/who-said?phrase=green+development")
        assert tab.locator("td.statement").count() == 4
        assert not overflows(tab)
        if os.environ.get("GZ_PICTURES") and width > 390:
            PICTURE.write_bytes(tab.screenshot())

        tab.get_by_role("link", name="narrow by speaker or report").click()
        tab.wait_for_url("**/facts/claims?_search=*")
        tab.get_by_role("link", name="energy", exact=True).click()
        tab.wait_for_url(re.compile("_topic=energy"))
        assert tab.locator("td.statement").count() == 2
        assert not overflows(tab)

        [shown] = cli("show", "measure-coal", "--json").rows
        row = tab.locator("tr").filter(has=tab.get_by_role("link", name="measure-coal"))
        assert row.locator("td.paragraph a").get_attribute("href") == shown["link"]
        tab.get_by_role("link", name="measure-coal").click()
        tab.wait_for_url("**/facts/show?claim=*")
        assert tab.locator("h1").inner_text() == shown["statement"]
        assert tab.get_by_role("link", name="Open the report").get_attribute("href") == shown["link"]
        assert not overflows(tab)


def test_a_button_copies_the_citation(browser: Browser, page: Served, cli: Gz) -> None:
    """The button beside a citation puts it into the clipboard; without scripts there is no button."""
    own = f"{page.address}facts/show?claim=guizhou-2024-06-14:measure-coal"
    with opened(browser, page, 1280) as tab:
        tab.goto(own)
        tab.get_by_role("button", name="Copy").click()
        tab.get_by_role("button", name="Copied").wait_for()
        assert tab.evaluate("navigator.clipboard.readText()") == cli("cite", "measure-coal").out.strip()
    with opened(browser, page, 1280, scripts=False) as tab:
        tab.goto(own)
        assert not tab.get_by_role("button", name="Copy").is_visible()


@pytest.mark.parametrize(("width", "scheme"), [(320, "dark"), (390, "light"), (768, "light"), (1280, "dark")])
def test_every_page_fits_its_window(
    browser: Browser, page: Served, width: int, scheme: Literal["light", "dark"]
) -> None:
    """No page is wider than its window, on a phone or on a desk, and every one has its style."""
    with opened(browser, page, width, scheme=scheme) as tab:
        for path in ("", "facts", *(f"facts/{view}" for view in (*VIEWS, "show")), "facts/who-said?phrase=trade",
                     "facts?sql=select+*+from+show"):  # fmt: skip
            tab.goto(page.address + path)
            assert not overflows(tab), path
            color = "rgb(20, 24, 28)" if scheme == "dark" else "rgb(255, 255, 255)"
            assert tab.evaluate("getComputedStyle(document.body).backgroundColor") == color
