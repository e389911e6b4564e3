"""Two hundred people whose conversations have a known result, whatever happens to the bot meanwhile."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from engine import Decision, Engine
from knowledge.library import Library, Topic
from locales import LOCALES

Item = dict[str, Any]
"""What a person does, as the control API's burst takes it, without the person."""

ON_FIRST_MESSAGE = "on first message"
"""Stands for the id of the bot's first message to the person, which is known only once it was sent."""

CASES = (
    ("G000012345", "1990-08-03", "RAH"),
    ("G000067890", "1992-02-14", "STA"),
    ("G000011111", "1985-01-30", "AHM"),
    ("G000022222", "1979-06-11", "HAI"),
)
"""Proofs of the demonstration's register."""


@dataclass(frozen=True)
class Effect:
    """What must be known of a person in the end. Each thing stands there once."""

    locale: str | None = None
    role: str | None = None
    answers: tuple[tuple[str, bool | None], ...] = ()  # topic, and whether it helped
    requests: tuple[tuple[bool, tuple[str, ...]], ...] = ()  # urgent, and what the person wrote
    links: tuple[str, ...] = ()


ERASED = None
"""The effect of leaving: nobody of this account is known."""


@dataclass(frozen=True)
class Story:
    """One person: what they do, one after the other, and what that must bring about."""

    id: int
    language: str
    settled: bool  # has chosen language and role before
    items: list[Item]
    effect: Effect | None
    refused: bool = False  # tries once to link a case that is not theirs
    thanks: bool = False  # presses "This helped" as soon as the answer is there

    @property
    def greeted(self) -> bool:
        """Whether the person begins with a button, so that there must be a message that shows one."""
        return any(item.get("message_id") == ON_FIRST_MESSAGE for item in self.items)


@dataclass
class Cast:
    """Makes the stories; ids count up from 10001, languages take turns."""

    library: Library
    engine: Engine
    stories: list[Story] = field(default_factory=list)

    def _add(self, items: list[Item], effect: Effect | None, **more: Any) -> None:
        number = len(self.stories)
        self.stories.append(
            Story(10_001 + number, self.language, more.pop("settled", True), items, effect, **more)
        )

    @property
    def language(self) -> str:
        """Of the next person."""
        return LOCALES[len(self.stories) % len(LOCALES)]

    def _settled(self, **more: Any) -> Effect:
        return Effect(**{"locale": self.language, "role": "applicant", **more})

    def _question(self, decision: Decision) -> tuple[str, str]:
        """A topic, and an example question of it in the next person's language that is surely understood."""
        for topic in self._topics(urgent=decision is Decision.URGENT):
            for text in topic.questions.get(self.language, ()):
                heard = self.engine.understand(text, self.language)
                understood = (heard.decision, heard.topic) == (decision, topic.id)
                if understood and heard.locale in (None, self.language):
                    return topic.id, text
        raise AssertionError(f"no example in {self.language} leads to {decision}")

    def _topics(self, *, urgent: bool) -> Iterator[Topic]:
        for topic in self.library.topics.values():
            if topic.answers and (topic.id in self.library.urgent) is urgent:
                yield topic

    def newcomer(self) -> None:
        """Chooses language and role, faster than the bot answers."""
        self._add([press(f"lang:{self.language}"), press("role:applicant")], self._settled(), settled=False)

    def early(self) -> None:
        """Asks before choosing language and role; the question is answered after that."""
        topic, question = self._question(Decision.ANSWER)
        items = [{"text": question}, press(f"lang:{self.language}"), press("role:applicant")]
        self._add(items, self._settled(answers=((topic, None),)), settled=False)

    def asker(self, *, thanks: bool = False) -> None:
        """Asks, and may say that the answer helped."""
        topic, question = self._question(Decision.ANSWER)
        effect = self._settled(answers=((topic, True if thanks else None),))
        self._add([{"text": question}], effect, thanks=thanks)

    def handed_over(self) -> None:
        """Asks the team."""
        text = f"My own question number {len(self.stories)}: which form does my cousin need?"
        self._add([{"text": "/ask"}, {"text": text}], self._settled(requests=((False, (text,)),)))

    def endangered(self) -> None:
        """Cries for help, and says more."""
        _, text = self._question(Decision.URGENT)
        more = f"Islamabad, street {len(self.stories)}"
        self._add([{"text": text}, {"text": more}], self._settled(requests=((True, (text, more)),)))

    def applicant(self, proof: tuple[str, str, str]) -> None:
        """Links a case."""
        self._add([press("link"), *({"text": part} for part in proof)], self._settled(links=("active",)))

    def guesser(self) -> None:
        """Tries to link a case of somebody else."""
        number, birth, _ = CASES[0]
        items = [press("link"), {"text": number}, {"text": birth}, {"text": "XYZ"}]
        self._add(items, self._settled(), refused=True)

    def switcher(self) -> None:
        """Changes the language."""
        other = LOCALES[(len(self.stories) + 1) % len(LOCALES)]
        self._add([press(f"lang:{other}")], self._settled(locale=other))

    def leaver(self) -> None:
        """Is forgotten."""
        self._add([press("forgetyes")], ERASED)

    def bystander(self, item: Item) -> None:
        """Does something that changes nothing but is answered."""
        self._add([item], self._settled())


def press(data: str) -> Item:
    """Press a button under the bot's first message."""
    return {"message_id": ON_FIRST_MESSAGE, "data": data}


def two_hundred_people(library: Library, engine: Engine) -> list[Story]:
    """200 people who do 300 things, ten of them in answer to what they read."""
    cast = Cast(library, engine)
    for _ in range(30):
        cast.newcomer()
    for _ in range(8):
        cast.early()
    for number in range(70):
        cast.asker(thanks=number < 10)
    for _ in range(20):
        cast.handed_over()
    for _ in range(6):
        cast.endangered()
    for proof in CASES:
        cast.applicant(proof)
    for _ in range(2):
        cast.guesser()
    for _ in range(12):
        cast.switcher()
    for _ in range(8):
        cast.leaver()
    for _ in range(10):
        cast.bystander({"sticker": "🙏"})
    for _ in range(8):
        cast.bystander(press("topic:of-long-ago"))
    for _ in range(22):
        cast.bystander({"text": "/updates"})
    return cast.stories


def interleaved(stories: list[Story], first_messages: dict[int, int], chance: random.Random) -> list[Item]:
    """All that is done, in one order for all, each person's own order kept."""
    turns = [story for story in stories for _ in story.items]
    chance.shuffle(turns)
    own = {story.id: iter(story.items) for story in stories}
    return [
        {**item, "person": story.id, **_where(item, first_messages.get(story.id))}
        for story in turns
        for item in [next(own[story.id])]
    ]


def _where(item: Item, first_message: int | None) -> Item:
    return {"message_id": first_message} if item.get("message_id") == ON_FIRST_MESSAGE else {}
