"""A request goes to the team, a person answers, and the answer comes back."""

import asyncio

import pytest
from dialogue import Person, World
from dialogues.scenes import CHANGED, UNKNOWN_BUTTON, asks, own, replies

from locales import formats

QUESTION = "Nous cherchons un appartement pour la famille, dans quelle ville arrive-t-elle ?"
ANSWER = "Bonjour, l'avis d'arrivée vous dira la ville. Il n'est pas encore parti."


async def sees_request(member: Person, number: str) -> str:
    """Open a request from the queue; its text."""
    await member.hears()
    await member.says("/queue")
    await member.presses(number)
    return (await member.hears())[-1].text


async def test_a_sponsor_asks_the_team_and_gets_an_answer(luc: Person, farid: Person) -> None:
    await luc.says("/ask")
    await luc.reads("Your question to the team", "/cancel")
    await luc.says(QUESTION)
    await luc.reads(
        own(luc, "Your request has the number %(number)s.", number="H-1001"),
        own(luc, "Place in the queue: %(place)s", place="1"),
        own(
            luc,
            "We aim to answer within %(wait)s. This is an aim, not a promise.",
            wait=formats.duration(72 * 3600, "fr"),
        ),
    )
    luc.world.clock.advance(hours=3, minutes=-1)

    await farid.says("/queue")
    (queue,) = await farid.reads("H-1001", "French", "private sponsor")
    assert own(farid, "waiting %(wait)s", wait=formats.duration(3 * 3600, "fr")) in queue
    assert QUESTION not in queue  # the list is what others may see over a shoulder
    await farid.presses("Take next")
    await farid.reads(QUESTION, "H-1001", own(farid, "Guessed topic: %(topic)s", topic=""))
    await luc.reads(own(luc, "Somebody in the team is now reading your request %(number)s.", number="H-1001"))

    await farid.presses("Reply")
    await farid.says(ANSWER)
    (*_, preview) = await farid.reads(own(farid, "This goes to the person of %(number)s:", number="H-1001"))
    assert ANSWER in preview
    assert "⚠️" not in preview
    assert await luc.hears() == []  # nothing goes out unseen
    await farid.presses("Send")
    await farid.reads(own(farid, "Sent to the person of %(number)s.", number="H-1001"))

    (notice,) = await luc.reads(own(luc, "There is an answer to your request %(number)s.", number="H-1001"))
    assert ANSWER not in notice  # a preview on a locked phone does not show it
    await luc.presses("Read it")
    await luc.reads(ANSWER, QUESTION, "answered")

    await luc.presses("Answer the team")
    await luc.says("Merci ! Et à quelle date environ ?")
    await luc.reads(own(luc, "Added to your request %(number)s. The team will read it.", number="H-1001"))
    await farid.reads(own(farid, "The person of %(number)s has written again.", number="H-1001"))
    await farid.presses("Open it")
    await farid.reads("Merci ! Et à quelle date environ ?", ANSWER)
    await replies(farid, "H-1001", "La date n'est pas encore connue.")

    await luc.presses("Read it")
    await luc.hears()
    await luc.presses("It is settled: close")
    await luc.reads(
        own(
            luc,
            "Your request %(number)s is closed. You can open it again at any time.",
            number="H-1001",
        )
    )
    await luc.presses("Open it again")
    await luc.reads("Your request is open again.", own(luc, "Place in the queue: %(place)s", place="1"))
    await farid.says("/queue")
    await farid.reads("Take next", "H-1001")


async def test_zahra_sees_all_her_requests_in_her_language(zahra: Person, farid: Person) -> None:
    await zahra.says("/requests")
    await zahra.reads('You have no requests. To write to the team, press "Ask the team".')
    await asks(zahra, "شوهرم در کابل است، چی کنیم؟")
    await asks(zahra, "مکتوب را گم کرده‌ام")
    await farid.says("/queue")
    await farid.presses("H-1001")
    await farid.presses("Take it")
    await farid.world.settled()
    await zahra.hears()
    await zahra.says("/requests")
    (requests,) = await zahra.reads("Your requests", "being read", "waiting", "۳۰ عقرب ۱۴۰۵")
    assert list(requests.buttons)[:2] == ["H-1002", "H-1001"]
    await zahra.presses("H-1001")
    await zahra.reads("شوهرم در کابل است، چی کنیم؟", without=("مکتوب را گم کرده‌ام",))


async def test_nobody_reads_the_requests_of_somebody_else(luc: Person, karim: Person, farid: Person) -> None:
    await asks(luc, QUESTION)
    await asks(karim, "My own question about the form")
    for data in ("req:1", "reqadd:1", "reqclose:1", "reqreopen:1", "req:99"):
        await karim.forges(data)
        await karim.reads(UNKNOWN_BUTTON, without=(QUESTION,))
    await karim.says("/requests")
    await karim.reads("H-1002", without=("H-1001",))
    assert QUESTION in await sees_request(farid, "H-1001")


async def test_writing_to_a_request_can_be_stopped(luc: Person, farid: Person) -> None:
    await luc.says("/ask")
    await luc.says("/cancel")
    await luc.reads("Stopped. Nothing was sent.")
    await asks(luc, QUESTION)
    await luc.presses("Add something")
    await luc.says("/cancel")
    await luc.says("Bonjour")
    await luc.reads("Peace and good health to you. I am here to help.")
    assert "Bonjour" not in await sees_request(farid, "H-1001")


async def test_the_urgent_come_first_then_the_members_own_languages_then_the_longest_wait(
    helen: Person, luc: Person, zahra: Person, gulalai: Person, farid: Person, mina: Person
) -> None:
    await asks(helen, "We have a list of families, whom may we send it to?")  # H-1001, English
    await asks(luc, QUESTION)  # H-1002, French
    await asks(zahra, "مکتوب را گم کرده‌ام")  # H-1003, Dari
    await gulalai.says("هغوی وايي سبا مو طورخم ته لېږي")  # H-1004, Pashto, urgent
    await gulalai.world.settled()
    await farid.hears()
    await farid.says("/queue")
    (queue,) = await farid.hears()
    assert list(queue.buttons)[1:] == ["H-1004", "H-1001", "H-1002", "H-1003"]
    for expected in ("H-1004", "H-1002", "H-1003", "H-1001"):  # Farid: French and Dari
        await farid.says("/queue")
        await farid.presses("Take next")
        assert expected in (await farid.hears())[-1].text
    await mina.says("/queue")
    (*_, queue) = await mina.reads("Nobody is waiting.")
    assert "Take next" not in queue.buttons
    await mina.forges("qnext")
    await mina.reads(without=("H-1001", CHANGED))


async def test_two_agents_take_the_same_request(luc: Person, farid: Person, mina: Person) -> None:
    await asks(luc, QUESTION)
    assert QUESTION in await sees_request(farid, "H-1001")
    assert QUESTION in await sees_request(mina, "H-1001")
    await asyncio.gather(farid.presses("Take it"), mina.presses("Take it"))
    outcomes = {
        member.name: (await member.hears())[-1].text == member.in_own_words(CHANGED)
        for member in (farid, mina)
    }
    assert sorted(outcomes.values()) == [False, True]
    taken = own(luc, "Somebody in the team is now reading your request %(number)s.", number="H-1001")
    assert sum(taken in message for message in await luc.hears()) == 1


async def test_a_reply_in_another_language_is_warned_of_and_can_be_written_again(
    luc: Person, farid: Person
) -> None:
    await asks(luc, QUESTION)
    await luc.hears()
    await farid.says("/queue")
    await farid.presses("Take next")
    await farid.presses("Reply")
    await farid.says("Good morning, the notice of arrival will tell you the city. It has not been sent yet.")
    await farid.reads(
        own(
            farid,
            "You wrote in %(written)s, but the person asked in %(asked)s.",
            written=farid.in_own_words("English"),
            asked=farid.in_own_words("French"),
        )
    )
    await farid.presses("Write it again")
    await farid.says(ANSWER)
    await farid.reads(without=("⚠️",))
    await farid.presses("Send")
    await luc.presses("Read it")
    await luc.reads(ANSWER, without=("Good morning",))


async def test_do_not_send(luc: Person, farid: Person) -> None:
    await asks(luc, QUESTION)
    await farid.says("/queue")
    await farid.presses("Take next")
    await farid.presses("Reply")
    await farid.says(ANSWER)
    await farid.world.settled()
    previewed = await farid.messages()
    await farid.presses("Do not send")
    await farid.hears()
    # The old preview is still on the screen of a second device: its button sends nothing any more.
    await farid.forges(previewed[-1].buttons[farid.in_own_words("Send")]["data"], previewed[-1].id)
    await farid.reads(CHANGED)
    await luc.hears()
    await luc.says("/requests")
    await luc.presses("H-1001")
    await luc.reads(QUESTION, without=(ANSWER,))


async def test_sending_twice_sends_once(luc: Person, farid: Person) -> None:
    await asks(luc, QUESTION)
    await farid.says("/queue")
    await farid.presses("Take next")
    await farid.presses("Reply")
    await farid.says(ANSWER)
    await farid.world.settled()
    preview = (await farid.messages())[-1]
    send = preview.buttons[farid.in_own_words("Send")]["data"]
    await asyncio.gather(farid.forges(send, preview.id), farid.forges(send, preview.id))
    heard = await luc.hears()
    answered = own(luc, "There is an answer to your request %(number)s.", number="H-1001")
    assert sum(answered in message for message in heard) == 1


async def test_a_note_is_for_the_team_alone(luc: Person, farid: Person, sarah: Person) -> None:
    note = "Same family as the list of Monday"
    await asks(luc, QUESTION)
    await farid.says("/queue")
    await farid.presses("Take next")
    await luc.hears()
    await farid.presses("Note")
    await farid.says(note)
    await farid.reads(own(farid, "Your note on %(number)s is kept.", number="H-1001"))
    assert await luc.hears() == []
    await luc.says("/requests")
    await luc.presses("H-1001")
    await luc.reads(QUESTION, without=(note,))
    # The lead, who may read every request, sees it.
    await sarah.forges("qt:1")
    await sarah.reads(note, "Note")


async def test_put_back_and_taken_by_a_colleague(luc: Person, farid: Person, mina: Person) -> None:
    await asks(luc, QUESTION)
    await farid.says("/queue")
    await farid.presses("Take next")
    await farid.presses("Put back")
    await farid.reads(own(farid, "%(number)s is back in the queue.", number="H-1001"))
    await mina.says("/queue")
    await mina.presses("Take next")
    await mina.reads(QUESTION)
    await farid.forges("qreply:1")
    await farid.reads(CHANGED)


async def test_an_answered_request_that_is_put_back_waits_again(
    luc: Person, farid: Person, mina: Person
) -> None:
    await asks(luc, QUESTION)
    await farid.says("/queue")
    await farid.presses("Take next")
    await replies(farid, "H-1001", ANSWER)
    await farid.presses("Open it")
    await farid.presses("Put back")
    await mina.says("/queue")
    await mina.presses("Take next")
    await mina.reads(QUESTION, ANSWER)


async def test_resolved_and_opened_again(luc: Person, farid: Person) -> None:
    await asks(luc, QUESTION)
    await farid.says("/queue")
    await farid.presses("Take next")
    await farid.presses("Resolve")
    await farid.reads(
        own(farid, "%(number)s is resolved. The person was told how to open it again.", number="H-1001")
    )
    await luc.reads(own(luc, "The team has closed your request %(number)s.", number="H-1001"))
    await farid.says("/queue")
    await farid.reads("Nobody is waiting.", without=("H-1001",))
    await luc.presses("Open it again")
    await luc.reads("Your request is open again.")
    await farid.says("/queue")
    await farid.reads("H-1001")


async def test_writing_to_a_closed_request_opens_it_again(luc: Person, farid: Person) -> None:
    await asks(luc, QUESTION)
    await luc.presses("Add something")
    await farid.says("/queue")
    await farid.presses("Take next")
    await farid.presses("Resolve")
    await farid.hears()
    await luc.says("Encore une chose, nous avons deux chambres.")
    await luc.reads(own(luc, "Added to your request %(number)s. The team will read it.", number="H-1001"))
    assert "deux chambres" in await sees_request(farid, "H-1001")


async def test_who_asks_again_and_again_adds_to_the_newest_request(luc: Person, farid: Person) -> None:
    for number in range(1, 8):
        await asks(luc, f"Question numéro {number} sur le logement")
    await luc.reads("H-1005", without=("H-1006",))
    text = await sees_request(farid, "H-1005")
    for number in (5, 6, 7):
        assert f"Question numéro {number} sur le logement" in text


async def test_a_member_who_writes_a_question_is_shown_the_way_to_the_queue(farid: Person) -> None:
    await farid.says("La pause des groupes de cinq finit quand ?")
    await farid.reads("You are signed in as a member of the team. To work on requests: /queue")


async def test_the_link_of_the_group_opens_the_queue(luc: Person, farid: Person, karim: Person) -> None:
    await asks(luc, QUESTION)
    await farid.says("/start queue")
    await farid.reads("Queue", "H-1001")
    await karim.says("/start queue")
    await karim.reads("What do you want to do?", without=("H-1001",))


# --- an honest wait


async def test_the_expected_time_is_measured_after_five_answers(
    world: World, luc: Person, helen: Person, farid: Person
) -> None:
    """Until then only the aim is told, and named an aim; then what four in five of the last ones took."""
    for number, hours in enumerate((2, 1, 30, 3, 4), start=1):
        await asks(luc, f"Question numéro {number} sur le logement")
        await luc.reads(
            own(
                luc,
                "We aim to answer within %(wait)s. This is an aim, not a promise.",
                wait=formats.duration(72 * 3600, "fr"),
            )
        )
        world.clock.advance(hours=hours, minutes=-1)
        await farid.says("/queue")
        await farid.presses("Take next")
        await farid.presses("Reply")
        await farid.says("Bonjour, voici la réponse à votre question.")
        await farid.presses("Send")
        await farid.presses("Open it")
        await farid.presses("Resolve")
        await luc.hears()
    await asks(helen, "We have a list of families, whom may we send it to?")
    await helen.reads(
        own(helen, "Lately most people got their first answer within %(wait)s.", wait="4 hours"),
        without=("This is an aim",),
    )


async def test_who_waits_too_long_is_told_once_and_the_lead_too(
    world: World, luc: Person, farid: Person, sarah: Person, karim: Person
) -> None:
    late = "You are waiting longer than we aimed for. We are sorry. Your request is not lost."
    await asks(luc, QUESTION)
    await luc.hears()
    await world.passes(hours=71)
    assert await luc.hears() == []
    await world.passes(hours=1, minutes=1)
    (told,) = await luc.reads(late, own(luc, "Place in the queue: %(place)s", place="1"))
    assert QUESTION not in told
    (lead_told,) = await sarah.reads("H-1001 has waited longer than our aim.")
    assert QUESTION not in lead_told
    await world.passes(hours=100)
    for person in (luc, sarah, farid, karim):
        assert await person.hears() == []
    # A new wait is told of anew.
    await sarah.presses("Open it")
    await sarah.presses("Take it")
    await replies(sarah, "H-1001", ANSWER)
    await luc.presses("Read it")
    await luc.presses("Answer the team")
    await luc.says("Merci, et ensuite ?")
    await luc.hears()
    await world.passes(hours=73)
    await luc.reads(late)
    await sarah.reads("H-1001 has waited longer than our aim.")


async def test_an_urgent_request_is_overdue_after_four_hours(
    world: World, zahra: Person, sarah: Person
) -> None:
    await zahra.says("پولیس شوهرم را امروز از خانه برد")
    await zahra.hears()
    await sarah.hears()
    await world.passes(hours=4, minutes=1)
    await zahra.reads("You are waiting longer than we aimed for. We are sorry. Your request is not lost.")
    await sarah.reads("H-1001 has waited longer than our aim.")


async def test_who_was_answered_in_time_is_not_told_that_they_wait(
    world: World, luc: Person, farid: Person, sarah: Person
) -> None:
    await asks(luc, QUESTION)
    await farid.says("/queue")
    await farid.presses("Take next")
    await replies(farid, "H-1001", ANSWER)
    await luc.hears()
    await world.passes(hours=200)
    assert await luc.hears() == []
    assert await sarah.hears() == []


@pytest.mark.parametrize("times", [2, 5])
async def test_an_impatient_finger_takes_once(luc: Person, farid: Person, times: int) -> None:
    await asks(luc, QUESTION)
    await farid.says("/queue")
    await farid.world.settled()
    queue = (await farid.messages())[-1]
    await asyncio.gather(*(farid.forges("qtake:1", queue.id) for _ in range(times)))
    await farid.world.settled()
    taken = own(luc, "Somebody in the team is now reading your request %(number)s.", number="H-1001")
    assert sum(taken in message for message in await luc.hears()) == 1
    await farid.says("/queue")
    await farid.reads("Yours", "H-1001", "being read")


# --- what stands on the screen is what is sent


async def test_an_old_preview_does_not_send_newer_words(luc: Person, farid: Person, karim: Person) -> None:
    await asks(luc, QUESTION)
    await farid.says("/queue")
    await farid.presses("Take next")
    await farid.presses("Reply")
    await luc.hears()
    await farid.says(ANSWER)
    await farid.world.settled()
    old = (await farid.messages())[-1]
    await farid.says("Bonjour, une autre réponse, plus courte.")
    await farid.world.settled()
    new = (await farid.messages())[-1]
    send = farid.in_own_words("Send")
    assert old.buttons[send]["data"] != new.buttons[send]["data"]
    await farid.hears()
    await farid.forges(old.buttons[send]["data"], old.id)
    await farid.reads(CHANGED)
    await karim.forges(new.buttons[send]["data"])  # the right mark in the wrong hands
    await karim.reads(UNKNOWN_BUTTON)
    assert await luc.hears() == []
    await farid.forges(new.buttons[send]["data"], new.id)
    await farid.reads(own(farid, "Sent to the person of %(number)s.", number="H-1001"))
    await luc.presses("Read it")
    await luc.reads("une autre réponse, plus courte.", without=(ANSWER,))


async def test_reply_on_one_and_take_another(luc: Person, helen: Person, farid: Person) -> None:
    await asks(luc, QUESTION)
    await asks(helen, "We have a list of families, whom may we send it to?")
    await farid.says("/queue")
    await farid.presses("Take next")
    await farid.presses("Reply")
    await farid.says("/queue")
    await farid.presses("Take next")
    await farid.reads("We have a list of families")
    await luc.hears()
    await helen.hears()
    await farid.says(ANSWER)
    await farid.reads(
        "You are signed in as a member of the team. To work on requests: /queue", without=("Send",)
    )
    assert await luc.hears() == []
    assert await helen.hears() == []


async def test_a_reply_that_can_no_longer_be_sent_stays_on_the_screen(luc: Person, farid: Person) -> None:
    await asks(luc, QUESTION)
    await farid.says("/queue")
    await farid.presses("Take next")
    await farid.presses("Reply")
    await farid.says(ANSWER)
    await farid.world.settled()
    preview = (await farid.messages())[-1]
    await luc.presses("My requests")
    await luc.presses("H-1001")
    await luc.presses("It is settled: close")
    await luc.hears()
    await farid.hears()
    await farid.presses("Send")
    (told,) = await farid.reads(CHANGED)
    assert told.id != preview.id
    (shown,) = [message for message in await farid.messages() if message.id == preview.id]
    assert ANSWER in shown
    assert await luc.hears() == []
