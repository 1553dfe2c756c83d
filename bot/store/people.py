"""What people have chosen for themselves."""

from typing import Any

from sqlalchemy import Connection, insert, select, update

from bot.store.database import Database, hold, transaction, values_of
from bot.store.records import Person
from bot.store.tables import PEOPLE


class People(Database):
    """One row for everybody who chose something."""

    @transaction
    def person(self, connection: Connection, person_id: int) -> Person:
        """What somebody has chosen; what they never chose is as usual."""
        return _person(connection, person_id)

    @transaction
    def change_person(self, connection: Connection, /, person_id: int, **choices: Any) -> Person:
        """Choose something for somebody, and return everything they have chosen."""
        hold(connection, f"person {person_id}")
        after = Person(person_id, **{**_choices(_person(connection, person_id)), **choices})
        values = {"choices": _choices(after)}
        if not connection.execute(update(PEOPLE).where(PEOPLE.c.id == person_id).values(values)).rowcount:
            connection.execute(insert(PEOPLE).values(id=person_id, **values))
        return after


def _person(connection: Connection, person_id: int) -> Person:
    choices = connection.scalar(select(PEOPLE.c.choices).where(PEOPLE.c.id == person_id))
    return Person(person_id, **(choices or {}))


def _choices(person: Person) -> dict[str, Any]:
    """What is not as usual."""
    usual = values_of(Person(person.id))
    return {name: value for name, value in values_of(person).items() if value != usual[name]}
