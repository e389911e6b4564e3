"""The page as somebody in front of it sees and uses it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Self

from dialogue import Person, World
from playwright.async_api import Browser, Locator, Page, expect

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass
class Screen:
    """One browser window."""

    page: Page
    address: str

    @classmethod
    @asynccontextmanager
    async def opened(cls, browser: Browser, world: World, *, width: int) -> AsyncIterator[Self]:
        """Open a window; at its end the page must not have failed or complained anywhere."""
        page = await browser.new_page(viewport={"width": width, "height": 780})
        complaints: list[str] = []
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        yield cls(page, world.address)
        await page.close()
        assert not complaints

    async def shows(self, *people: Person) -> None:
        """Open the chats of these people."""
        await self.page.goto(f"{self.address}/#/{'/'.join(str(person.id) for person in people)}")
        await expect(self.chat(people[0])).to_be_visible()

    def chat(self, person: Person) -> Locator:
        """The chat of a person, or of the group they write in."""
        return self.page.get_by_test_id(f"chat-{person.chat or person.id}")

    def messages(self, person: Person) -> Locator:
        """All messages of a chat."""
        return self.chat(person).get_by_test_id("message")

    def bubble(self, person: Person, english: str) -> Locator:
        """The newest message that says this, in the person's language or as the catalogue's English."""
        return self.messages(person).filter(has_text=person.in_own_words(english)).last

    def button(self, person: Person, english: str) -> Locator:
        """The newest button with this label."""
        own = person.in_own_words(english)
        return self.messages(person).get_by_role("button", name=own, exact=True).last

    async def writes(self, person: Person, text: str) -> None:
        """Type a message and send it."""
        await self.chat(person).get_by_test_id("composer").fill(text)
        await self.chat(person).get_by_test_id("send").click()
        await expect(self.messages(person).locator(".bubble").filter(has_text=text).last).to_be_visible()

    async def presses(self, person: Person, english: str) -> None:
        """Press the newest button with this label."""
        await self.button(person, english).click()

    async def reads(self, person: Person, english: str) -> Locator:
        """Wait until a message says this."""
        bubble = self.bubble(person, english)
        await expect(bubble).to_be_visible()
        return bubble

    async def direction(self, bubble: Locator) -> str:
        """Which way a message's text runs."""
        style = await bubble.locator(".text").evaluate("text => getComputedStyle(text).direction")
        return str(style)

    async def left_edge(self, message: Locator) -> float:
        """Where a bubble begins, in pixels from the left."""
        box = await message.locator(".bubble").bounding_box()
        assert box is not None
        return box["x"]

    async def ink(self, node: Locator) -> tuple[int, int]:
        """Where an element's content begins and ends, in pixels from the left."""
        left, right = await node.evaluate(
            """node => {
              const content = document.createRange();
              content.selectNodeContents(node);
              const { left, right } = content.getBoundingClientRect();
              return [left, right];
            }"""
        )
        return round(left), round(right)

    async def fits(self) -> None:
        """Nothing sticks out of the window sideways, and no label is cut off."""
        wrong = await self.page.evaluate(
            """() => [...document.querySelectorAll(".bubble, .key, .text, .pane-head, .composer")]
              .filter((node) => node.offsetParent !== null)
              .filter((node) => {
                const { left, right } = node.getBoundingClientRect();
                return left < -0.5 || right > innerWidth + 0.5 || node.scrollWidth > node.clientWidth + 1;
              })
              .map((node) => `${node.className}: ${node.textContent}`)"""
        )
        assert wrong == []
        assert await self.page.evaluate("document.scrollingElement.scrollWidth <= innerWidth")
