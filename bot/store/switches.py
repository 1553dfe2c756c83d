"""What the owner has set for all servers and processes."""

from sqlalchemy import Connection, insert, select, update

from bot.store.database import Database, hold, transaction
from bot.store.records import Mode
from bot.store.tables import SWITCHES

_MODE = "mode"


class Switches(Database):
    """One row for each switch that was ever used."""

    @transaction
    def mode(self, connection: Connection) -> Mode:
        """What Easel does with what people ask for."""
        value = connection.scalar(select(SWITCHES.c.value).where(SWITCHES.c.name == _MODE))
        return Mode(value or Mode.OPEN)

    @transaction
    def set_mode(self, connection: Connection, mode: Mode) -> None:
        """Let all processes do something else, until somebody changes it again."""
        hold(connection, "switches")  # two who are first at the same moment would both insert
        this = update(SWITCHES).where(SWITCHES.c.name == _MODE)
        if not connection.execute(this.values(value=mode)).rowcount:
            connection.execute(insert(SWITCHES).values(name=_MODE, value=mode))
