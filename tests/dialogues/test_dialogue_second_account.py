"""A second account with the right details of a case: nothing until the first agrees or a lead decides."""

import pytest
from dialogue import Person
from dialogues.scenes import (
    CHANGED,
    LINKED,
    NO_MESSAGE,
    REFUSED,
    UNKNOWN_BUTTON,
    ZAHRAS,
    after_the_delay,
    asks,
    links,
    own,
    proves,
)

ASKED = (
    "Another Telegram account gave the right details of your case and wants to see it. It sees nothing yet."
)
YES, NO = "Yes, this account may see it", "No, I do not know who it is"


async def knocks(zahra: Person, maryam: Person) -> None:
    """Zahra has her case; Maryam proves it too."""
    await links(zahra)
    await proves(maryam, ZAHRAS)
    await after_the_delay(zahra.world)


async def sees_nothing(person: Person) -> None:
    await person.hears()
    await person.says("/case")
    await person.reads("Link my case", without=("Show it",))
    await person.forges("showcase")
    await person.reads(UNKNOWN_BUTTON)


async def sees_the_case(person: Person) -> None:
    await person.hears()
    await person.says("/case")
    await person.presses("Show it")
    await person.reads("G000012345")


async def test_the_second_gets_the_refusal_and_the_first_is_told(zahra: Person, maryam: Person) -> None:
    await knocks(zahra, maryam)
    await maryam.reads(REFUSED, without=(LINKED,))
    (told,) = await zahra.reads(ASKED)
    # Whoever reads over Zahra's shoulder learns neither the number nor who asks.
    assert "G000012345" not in told
    assert "Maryam" not in told
    assert list(told.buttons) == [zahra.in_own_words(NO), zahra.in_own_words(YES)]
    await sees_nothing(maryam)
    await sees_the_case(zahra)


async def test_zahra_agrees(zahra: Person, maryam: Person, sarah: Person) -> None:
    await knocks(zahra, maryam)
    await maryam.hears()
    await zahra.presses(YES)
    await zahra.reads("The other account can now see the case.")
    await maryam.reads(LINKED)
    await sees_the_case(maryam)
    await sees_the_case(zahra)
    await sarah.says("/queue")
    await sarah.reads("Nobody is waiting.")


async def test_zahra_refuses_and_the_team_looks_into_it(zahra: Person, maryam: Person, sarah: Person) -> None:
    await knocks(zahra, maryam)
    await maryam.hears()
    await zahra.presses(NO)
    await zahra.reads("The other account sees nothing. The team will look into it.")
    assert await maryam.hears() == []
    await sees_nothing(maryam)
    await sarah.says("/queue")
    await sarah.presses("H-1001")
    await sarah.reads(
        "A second account gave the right number, birth date and family name of this person's case. "
        "The person has been told. A lead decides whether the second account may see the case.",
        without=("G000012345",),
    )
    # Knocking again is refused as before.
    await proves(maryam, ZAHRAS)
    await after_the_delay(zahra.world)
    await maryam.reads(REFUSED)
    await sees_nothing(maryam)
    # Zahra's account may be the wrong one, so a lead may still decide for the second.
    await sarah.presses("Allow the second account")
    await sarah.reads("H-1001: the second account may now see the case too.")
    await maryam.reads(LINKED)
    await sees_the_case(maryam)
    await sees_the_case(zahra)


async def test_knocking_again_tells_zahra_once_and_makes_one_request(
    zahra: Person, maryam: Person, sarah: Person
) -> None:
    await knocks(zahra, maryam)
    await zahra.reads(ASKED)
    await maryam.hears()
    await proves(maryam, ZAHRAS)
    await after_the_delay(zahra.world)
    await maryam.reads(REFUSED)
    assert await zahra.hears() == []
    await sarah.says("/queue")
    await sarah.reads("H-1001", without=("H-1002",))


async def test_a_lead_decides_where_zahra_does_not_answer(
    zahra: Person, maryam: Person, sarah: Person
) -> None:
    await knocks(zahra, maryam)
    await maryam.hears()
    await sarah.says("/queue")
    await sarah.presses("H-1001")
    await sarah.presses("Allow the second account")
    await sarah.reads("H-1001: the second account may now see the case too.")
    await maryam.reads(LINKED)
    await sees_the_case(maryam)
    # Zahra's own buttons come too late.
    await zahra.presses(NO)
    await zahra.reads(UNKNOWN_BUTTON)
    await sees_the_case(maryam)


async def test_a_lead_refuses(zahra: Person, maryam: Person, sarah: Person) -> None:
    await knocks(zahra, maryam)
    await maryam.hears()
    await sarah.says("/queue")
    await sarah.presses("H-1001")
    await sarah.presses("Refuse it")
    await sarah.reads("H-1001: the second account sees nothing.")
    await zahra.presses(YES)
    await zahra.reads(UNKNOWN_BUTTON)
    await sees_nothing(maryam)


async def test_an_agent_cannot_decide(zahra: Person, maryam: Person, farid: Person, mina: Person) -> None:
    await knocks(zahra, maryam)
    await maryam.hears()
    await farid.says("/queue")
    await farid.presses("Take next")
    (*_, request) = await farid.hears()
    assert farid.in_own_words("Allow the second account") not in request.buttons
    for agent in (farid, mina):  # the one who holds it, and a colleague
        for data in ("qlink:allow:1", "qlink:swap:1", "qlink:deny:1"):
            await agent.forges(data)
            await agent.reads(UNKNOWN_BUTTON)
    assert await maryam.hears() == []
    await zahra.presses(YES)
    await maryam.reads(LINKED)


async def test_outsiders_cannot_decide(zahra: Person, maryam: Person, karim: Person, luc: Person) -> None:
    await knocks(zahra, maryam)
    await maryam.hears()
    # Maryam herself, an applicant, a sponsor; the link of Zahra is 1, that of Maryam 2.
    for outsider in (maryam, karim, luc):
        for link in (1, 2, 3):
            verdicts = [f"qlink:{verdict}:{link}" for verdict in ("allow", "swap", "deny")]
            for data in (f"linkyes:{link}", f"linkno:{link}", *verdicts):
                await outsider.forges(data)
                await outsider.reads(UNKNOWN_BUTTON)
    await sees_the_case(zahra)
    await sees_nothing(maryam)
    await zahra.presses(YES)
    await maryam.reads(LINKED)


async def test_zahra_cannot_be_asked_about_what_nobody_asked(zahra: Person, maryam: Person) -> None:
    await links(zahra)
    for data in ("linkyes:1", "linkyes:2", "linkno:1"):
        await zahra.forges(data)
        await zahra.reads(UNKNOWN_BUTTON)
    await sees_nothing(maryam)
    await sees_the_case(zahra)


async def test_zahra_sees_that_the_team_decides(zahra: Person, maryam: Person) -> None:
    await knocks(zahra, maryam)
    await zahra.hears()
    await zahra.says("/requests")
    await zahra.presses("H-1001")
    await zahra.reads(
        own(
            zahra,
            "Another account gave the right details of your case. "
            "The team decides whether it may see the case.",
        ),
        without=("Maryam",),
    )
    await maryam.says("/requests")
    await maryam.reads(without=("H-1001",))


async def test_after_zahra_agreed_to_one_she_is_asked_about_the_next(
    zahra: Person, maryam: Person, gulalai: Person
) -> None:
    await knocks(zahra, maryam)
    await zahra.presses(YES)
    await zahra.hears()
    await maryam.hears()
    await proves(gulalai, ZAHRAS)
    await after_the_delay(zahra.world)
    await gulalai.reads(REFUSED)
    await zahra.reads(ASKED)
    await sees_nothing(gulalai)


async def test_only_the_second_account(zahra: Person, maryam: Person, sarah: Person) -> None:
    """The first account may be a thief's: then its no is worth nothing, and it must not keep the case."""
    await knocks(zahra, maryam)
    await maryam.hears()
    await zahra.presses(NO)
    await zahra.hears()
    await sarah.says("/queue")
    await sarah.presses("H-1001")
    await sarah.presses("Only the second account")
    await sarah.reads("H-1001: only the second account sees the case now.")
    await maryam.reads(LINKED)
    await sees_the_case(maryam)
    await sees_nothing(zahra)
    # And who was put out does not come back in by proving it again.
    await proves(zahra, ZAHRAS)
    await after_the_delay(zahra.world)
    await zahra.reads(REFUSED)
    await sees_nothing(zahra)


async def test_the_first_account_cannot_close_or_add_to_what_the_team_must_decide(
    zahra: Person, maryam: Person, sarah: Person
) -> None:
    await knocks(zahra, maryam)
    await zahra.says("/requests")
    await zahra.presses("H-1001")
    await zahra.world.settled()
    request = (await zahra.messages())[-1]
    assert list(request.buttons) == [zahra.in_own_words("My requests")]
    await zahra.hears()
    for data in ("reqclose:1", "reqadd:1", "reqreopen:1"):
        await zahra.forges(data)
        await zahra.reads(UNKNOWN_BUTTON)
    await asks(zahra, "این زن خواهر من است")  # what she writes is a request of its own
    await zahra.reads("H-1002")
    await sarah.says("/queue")
    await sarah.presses("H-1001")
    await sarah.reads("Allow the second account", without=("این زن خواهر من است",))


@pytest.mark.parametrize("leaves", ["/forget", "unlinks"])
async def test_after_the_first_has_left_the_second_sees_it_after_proving_again(
    zahra: Person, maryam: Person, karim: Person, leaves: str
) -> None:
    await knocks(zahra, maryam)
    await maryam.hears()
    if leaves == "/forget":
        await zahra.says("/forget")
        await zahra.presses("Yes, erase everything")
    else:
        await zahra.forges("unlinkyes")
    await zahra.world.settled()
    await sees_nothing(maryam)  # nobody has proved anything anew
    await sees_nothing(karim)
    await links(maryam)
    await sees_the_case(maryam)
    await sees_nothing(karim)


async def test_a_verdict_on_a_request_that_is_about_no_case_changes_nothing(
    zahra: Person, maryam: Person, luc: Person, sarah: Person
) -> None:
    await knocks(zahra, maryam)
    await asks(luc, "Nous cherchons un appartement")
    for data in ("qlink:allow:2", "qlink:swap:2", "qlink:deny:77"):
        await sarah.forges(data, NO_MESSAGE)
        await sarah.reads(CHANGED)
    await sees_nothing(maryam)
    await sees_the_case(zahra)
