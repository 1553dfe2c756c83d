"""What servers' admins have set."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, insert, select, update

from bot.store.database import hold, transaction, values_of
from bot.store.records import Server
from bot.store.tables import SERVERS
from bot.store.trays import Trays


class Servers(Trays):
    """One row for each server in which something was set."""

    @transaction
    def server(self, connection: Connection, server_id: int) -> Server:
        """What is set in a server; what was never set is as usual."""
        return _server(connection, server_id)

    @transaction
    def change_server(
        self, connection: Connection, server_id: int, edit: Callable[[Server], Server]
    ) -> Server:
        """Set what `edit` makes of what is set at that moment, and return it: nobody comes between the two.

        Whatever `edit` raises is raised, and then nothing is changed. It may be called more than once.
        """
        hold(connection, f"server {server_id}")
        before = _server(connection, server_id)
        after = edit(before)
        if after != before:
            _write(connection, after)
        return after


def _server(connection: Connection, server_id: int) -> Server:
    choices = connection.scalar(select(SERVERS.c.choices).where(SERVERS.c.id == server_id))
    lists = {name: tuple(value) for name, value in (choices or {}).items() if isinstance(value, list)}
    return Server(server_id, **{**(choices or {}), **lists})


def _write(connection: Connection, server: Server) -> None:
    values = {"choices": _choices(server)}
    if not connection.execute(update(SERVERS).where(SERVERS.c.id == server.id).values(values)).rowcount:
        connection.execute(insert(SERVERS).values(id=server.id, **values))


def _choices(server: Server) -> dict[str, Any]:
    """What is not as usual."""
    usual = values_of(Server(server.id))
    return {name: value for name, value in values_of(server).items() if value != usual[name]}
