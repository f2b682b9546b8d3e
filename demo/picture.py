"""Pictures of replies as the demo's page shows them: in a browser, as wide as a phone or a desk."""

import io
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import import_module
from typing import Any

from PIL import Image
from simcord.preview import Preview

PHONE, DESK = (390, 2400), (1280, 2400)  # pixels; high enough that nothing has to be scrolled
PHONE_AGENT = (
    "Mozilla/5.0 (Linux; Android 15; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/142.0.0.0 Mobile Safari/537.36"
)


def fewer_colours(png: bytes) -> bytes:
    """The picture in 128 colours, at a third of the size: a repository keeps every version of it."""
    small = io.BytesIO()
    Image.open(io.BytesIO(png)).convert("RGB").quantize(128).save(small, "PNG", optimize=True)
    return small.getvalue()


class Camera:
    """Takes pictures of messages in the page."""

    def __init__(self, preview: Preview) -> None:
        self._preview = preview

    async def picture(self, viewer: Any, message: Any, *, size: tuple[int, int] = PHONE) -> tuple[bytes, int]:
        """A message as PNG, and its height in pixels with the line that names who wrote it."""
        shot = await self._preview.screenshot(
            viewer=viewer, target=message, viewport=size, layout="message", allow_incomplete=True
        )
        assert shot.png is not None
        return shot.png, shot.output_height


@asynccontextmanager
async def camera(preview: Preview) -> AsyncIterator[Camera]:
    """A camera in the browser of this machine. Raises RuntimeError, with the remedy, where there is none."""
    try:  # the demo needs no browser, and the tests neither
        async_playwright: Any = import_module("playwright.async_api").async_playwright
    except ImportError:
        raise RuntimeError("Pictures need playwright: pip install 'simcord[screenshot]'") from None
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    async with async_playwright() as playwright:
        try:
            browser = await playwright.chromium.launch(
                executable_path=chromium, args=["--no-sandbox", f"--user-agent={PHONE_AGENT}"]
            )
        except Exception as error:
            raise RuntimeError(
                "Pictures need a browser: sudo apt install chromium, or playwright install chromium"
            ) from error
        # simcord would look for playwright's own browser alone
        preview._capture_manager._browser = browser
        try:
            yield Camera(preview)
        finally:
            preview._capture_manager._browser = None
            await browser.close()
