"""What servers' admins have set."""

from bot.store.database import as_row, columns_of, patiently
from bot.store.records import Server
from bot.store.tables import ServerRow
from bot.store.trays import Trays


class Servers(Trays):
    """One row for each server in which something was set."""

    async def server(self, server_id: int) -> Server:
        """What is set in a server; what was never set is as usual."""
        async with self._session() as session:
            row = await session.get(ServerRow, server_id)
        return Server(server_id) if row is None else Server(**columns_of(row))

    @patiently
    async def set_server(self, server: Server) -> None:
        """Write what is set in a server."""
        async with self._session.begin() as session:
            await session.merge(as_row(ServerRow, server))
