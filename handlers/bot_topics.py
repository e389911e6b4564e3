"""Questions that the bot answers by doing something, such as showing the case or the news."""

from collections.abc import Awaitable, Callable

from handlers import asking, case, menu, privacy, requests, updates
from handlers.turn import Turn


async def _small_talk(_: object, turn: Turn) -> None:
    turn.say("small_talk")


async def _subscribe(_: object, turn: Turn) -> None:
    turn.say("subscribe")


ACTIONS: dict[str, Callable[..., Awaitable[None]]] = {
    "case-status": case.show,
    "next-charter": updates.show_list,
    "arrival-figures": updates.show_list,
    "talk-to-a-person": asking.ask_team,
    "my-requests": requests.show_list,
    "change-language": menu.languages,
    "delete-my-data": privacy.forget,
    "who-runs-this": privacy.about,
    "small-talk": _small_talk,
    "subscribe": _subscribe,
}
"""By topic."""


async def act(turn: Turn, topic_id: str) -> None:
    """Do what a topic asks for; a topic that the bot cannot do is offered to the team."""
    action = ACTIONS.get(topic_id, asking.ask_team)
    await action(turn.update, turn)
