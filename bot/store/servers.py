"""What servers' admins have set."""

from sqlalchemy import Connection, insert, select, update

from bot.store.database import patiently, transaction, values_of
from bot.store.records import Server
from bot.store.tables import SERVERS
from bot.store.trays import Trays


class Servers(Trays):
    """One row for each server in which something was set."""

    @transaction
    def server(self, connection: Connection, server_id: int) -> Server:
        """What is set in a server; what was never set is as usual."""
        row = connection.execute(select(SERVERS).where(SERVERS.c.id == server_id)).mappings().first()
        return Server(server_id) if row is None else Server(**row)

    @patiently
    @transaction
    def set_server(self, connection: Connection, server: Server) -> None:
        """Write what is set in a server."""
        values = values_of(server)
        if not connection.execute(update(SERVERS).where(SERVERS.c.id == server.id).values(values)).rowcount:
            connection.execute(insert(SERVERS).values(values))
