"""How admins use the settings panel in tests."""

import re

import discord
from simcord.actors import MemberActor
from simcord.results import InteractionResult

from bot.store.records import Server
from tests.cogs.test_references import fields
from tests.conftest import Studio, shown


def admin_of(studio: Studio, name: str = "ada") -> MemberActor:
    """A new member with the right to manage the server."""
    role = studio.guild.create_role(f"admins {name}", permissions=discord.Permissions(manage_guild=True))
    return studio.guild.add_member(studio.env.create_user(name), roles=[role])


class Panel:
    """One admin's settings panel."""

    def __init__(self, studio: Studio, admin: MemberActor, asked: InteractionResult) -> None:
        self.studio, self.admin, self.asked = studio, admin, asked

    @classmethod
    async def open(cls, studio: Studio, admin: MemberActor, page: str = "") -> "Panel":
        panel = cls(studio, admin, await admin.slash(studio.channel, "settings"))
        if page:
            await panel.press(f"open:{page}")
        return panel

    @property
    def message(self):
        return self.asked.response.message

    @property
    def text(self) -> str:
        return shown(self.message)

    def ids(self) -> list[str]:
        return re.findall(r"'custom_id': 'easel:set:([^']+)'", str(self.components))

    @property
    def components(self) -> object:
        stored = self.studio.env.backend.get_message(self.studio.channel.id, self.message.id)
        return stored.components

    def id(self, what: str) -> str:
        [found] = [one for one in self.ids() if one == what or one.startswith(f"{what}:")]
        return f"easel:set:{found}"

    async def press(self, what: str, by: MemberActor | None = None) -> InteractionResult:
        return await (by or self.admin).click(self.message, custom_id=self.id(what))

    async def choose(self, what: str, *values: object, by: MemberActor | None = None) -> InteractionResult:
        return await (by or self.admin).select(self.message, list(values), custom_id=self.id(what))

    async def save(self, form: InteractionResult, **written: str) -> InteractionResult:
        """Fill in a form's fields, each by the beginning of what stands above it, the others as they are."""
        filled = {
            row["component"]["custom_id"]: row["component"].get("value") or ""
            for row in form.modal["components"]
        }
        for name, text in written.items():
            [label] = [one for one in fields(form) if one.lower().startswith(name.replace("_", " "))]
            filled[fields(form)[label]] = text
        return await self.admin.submit_modal(form, filled)


async def set_(studio: Studio, **values: object) -> None:
    """Set something as an admin would have."""
    await studio.app.servers.change(studio.guild.id, lambda now: Server(now.id, **values))
