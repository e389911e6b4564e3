"""A request goes to the team, a person answers, and the answer comes back."""

from dialogue import Person


async def test_a_sponsor_asks_the_team_and_gets_an_answer(luc: Person, farid: Person, karim: Person) -> None:
    await luc.says("/ask")
    await luc.reads("/cancel")
    await luc.says("Nous avons changé d'adresse, que devons-nous faire exactement ?")
    await luc.reads("H-1001")

    await farid.says("/queue")
    await farid.reads("H-1001")
