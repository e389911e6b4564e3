"""What there is in the sandbox: people, groups, topics, messages, presses and the bot."""

from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass(slots=True)
class Person:
    """Somebody who can write to the bot. The private chat has the person's id."""

    id: int
    first_name: str
    last_name: str | None = None
    username: str | None = None
    language_code: str | None = None
    title: str | None = None
    note: str | None = None
    started: bool = False
    blocked: bool = False

    def user(self) -> Json:
        """Return the Bot API's User."""
        user: Json = {"id": self.id, "is_bot": False, **self._names()}
        return user | ({"language_code": self.language_code} if self.language_code else {})

    def chat(self) -> Json:
        """Return the Bot API's Chat of the private conversation."""
        return {"id": self.id, "type": "private", **self._names()}

    def _names(self) -> Json:
        names = {"first_name": self.first_name, "last_name": self.last_name, "username": self.username}
        return {key: value for key, value in names.items() if value}


@dataclass(slots=True)
class Topic:
    """A topic of a forum. ``id`` is the message that began it, and the thread of those that followed."""

    id: int
    name: str
    icon_color: int
    icon_custom_emoji_id: str | None = None
    closed: bool = False

    def api(self) -> Json:
        """Return the Bot API's ForumTopic."""
        return {"message_thread_id": self.id, **self.looks()}

    def looks(self) -> Json:
        """Return what a message about the topic says of it."""
        looks: Json = {"name": self.name, "icon_color": self.icon_color}
        icon = self.icon_custom_emoji_id
        return looks | ({"icon_custom_emoji_id": icon} if icon else {})


@dataclass(slots=True)
class Group:
    """A group or supergroup; ``bot_status`` is ``member``, ``left`` (also: never there) or ``kicked``.

    A supergroup may be a forum with topics. ``migrated_to`` is the supergroup that a group has become.
    """

    id: int
    title: str
    type: str
    members: list[int]
    note: str | None = None
    bot_status: str = "left"
    is_forum: bool = False
    topics: dict[int, Topic] = field(default_factory=dict)
    migrated_to: int | None = None

    def chat(self) -> Json:
        """Return the Bot API's Chat."""
        chat: Json = {"id": self.id, "type": self.type, "title": self.title}
        return chat | ({"is_forum": True} if self.is_forum else {})


@dataclass(slots=True)
class Message:
    """A message as it stands now.

    ``api`` is the Bot API's Message: an edit puts another one there, so that what an earlier update shows
    stays as it was. ``reply_keyboard`` is kept apart since the Bot API never gives it back; ``note`` is what
    the page says in the place of a service message.
    """

    seq: int
    changed: int
    chat_id: int
    message_id: int
    kind: str
    api: Json
    from_bot: bool
    reply_keyboard: Json | None = None
    note: str | None = None


@dataclass(slots=True)
class Bot:
    """The one bot of this world. ``user`` is one live object: updates made before its first call name it."""

    user: Json = field(
        default_factory=lambda: {"id": 0, "is_bot": True, "first_name": "Hamrah", "username": "sandbox_bot"}
    )
    commands: dict[tuple[str, str], list[Json]] = field(default_factory=dict)
    descriptions: dict[str, str] = field(default_factory=dict)
    short_descriptions: dict[str, str] = field(default_factory=dict)

    @property
    def known(self) -> bool:
        """Whether a bot has called yet."""
        return bool(self.user["id"])


@dataclass(frozen=True, slots=True)
class Press:
    """A callback query that may still be answered; ``at`` is when the button was pressed."""

    chat_id: int
    message_id: int
    from_id: int
    at: float
