"""What servers' admins have set."""

from typing import Any

from sqlalchemy import Connection, insert, select, update

from bot.store.database import transaction, values_of
from bot.store.records import Server
from bot.store.tables import SERVERS
from bot.store.trays import Trays


class Servers(Trays):
    """One row for each server in which something was set."""

    @transaction
    def server(self, connection: Connection, server_id: int) -> Server:
        """What is set in a server; what was never set is as usual."""
        choices = connection.scalar(select(SERVERS.c.choices).where(SERVERS.c.id == server_id))
        return Server(server_id, **(choices or {}))

    @transaction
    def set_server(self, connection: Connection, server: Server) -> None:
        """Write what is set in a server."""
        values = {"choices": _choices(server)}
        if not connection.execute(update(SERVERS).where(SERVERS.c.id == server.id).values(values)).rowcount:
            connection.execute(insert(SERVERS).values(id=server.id, **values))


def _choices(server: Server) -> dict[str, Any]:
    """What is not as usual."""
    usual = values_of(Server(server.id))
    return {name: value for name, value in values_of(server).items() if value != usual[name]}
