"""People who were answered, and whose asking a crash cut off before it was a job: they are told.

At the next start, or by whoever takes over from a process that died.
"""

from typing import Any

import discord
import structlog
from discord.ext import commands, tasks

from bot.discord_bot import CONNECTION_FAULTS, EaselBot
from bot.errors import CutOffAsking, CutOffReading, EaselError
from bot.jobs.allowed import Presence
from bot.jobs.drafts import CutOff
from bot.jobs.jobs import Jobs
from bot.languages import speaking
from cogs import results
from cogs.answers import Answer, Buttons, InteractionAnswer, MessageAnswer
from cogs.asking import Asking
from cogs.orders import Order
from cogs.panels import Panels
from cogs.place import Place

log = structlog.get_logger(__name__)

_LOOKED_AT = 50
"""Messages after the one that asked, among which its panel is looked for."""


class CutOffs(commands.Cog):
    """Gives people their words back, with the button that asks again."""

    def __init__(self, bot: EaselBot, asking: Asking, jobs: Jobs, panels: Panels) -> None:
        self._bot, self._asking, self._jobs, self._panels = bot, asking, jobs, panels

    async def cog_load(self) -> None:
        self.look.start()

    async def cog_unload(self) -> None:
        self.look.cancel()

    @tasks.loop(seconds=15.0, name="cut off")
    async def look(self) -> None:
        """Tell those of a process that died, too, when this one has taken over from it."""
        if self._bot.is_ready():
            await self.tell_all()

    @commands.Cog.listener("on_ready")
    async def tell_all(self) -> None:
        """Tell everybody, once: Discord is ready again after every broken line."""
        later: list[CutOff] = []
        while self._jobs.cut_off:
            cut_off = self._jobs.cut_off.pop()
            if not await self._told(cut_off):
                later.append(cut_off)
        self._jobs.cut_off += later

    async def _told(self, cut_off: CutOff) -> bool:
        """Tell the person of one, where they can be told; whether it is done with."""
        try:
            place, order = Place.from_json(cut_off.note["place"]), Order.from_json(cut_off.note["order"])
        except (KeyError, TypeError, ValueError) as error:
            # Another Easel's: its words stay where they are.
            log.exception("a note of what was cut off cannot be read", draft=cut_off.id, exc_info=error)
            return True
        try:
            await self._tell(cut_off, place, order)
        except (discord.HTTPException, *CONNECTION_FAULTS) as lost:
            log.warning("nobody could be told of what was cut off", draft=cut_off.id, why=str(lost))
            if _may_pass(lost):  # the next look comes soon
                return False
        await cut_off.forget()
        return True

    async def _tell(self, cut_off: CutOff, place: Place, order: Order) -> None:
        if place.reply_to is None:
            answer: Answer = LostAnswer(self._bot, self._panels.webhook(place), place, cut_off.note)
        else:
            answer = await self._answer_to(place, place.reply_to)
        error = CutOffReading() if cut_off.note["pictures"] else CutOffAsking()
        log.info("cut off before it was a job", draft=cut_off.id)
        with speaking(place.language):
            await self._asking.refuse(answer, order, error)

    async def _answer_to(self, place: Place, asked: int) -> MessageAnswer:
        """The answer to a message, with the panel that it shows already."""
        channel = self._bot.get_partial_messageable(place.channel_id)
        message = await channel.fetch_message(asked)
        panel = None
        async for one in channel.history(limit=_LOOKED_AT, after=message):
            if one.author == self._bot.user and one.reference and one.reference.message_id == asked:
                panel = one
        return MessageAnswer(message, panel)


def _may_pass(error: Exception) -> bool:
    if isinstance(error, discord.HTTPException):
        return error.status >= 500 or error.status == 429
    return isinstance(error, CONNECTION_FAULTS)


class LostAnswer:
    """Answers on an interaction that another process heard: on what that showed, or directly when it is too late."""

    def __init__(self, bot: EaselBot, webhook: discord.Webhook, place: Place, note: Any) -> None:
        self._bot, self._webhook, self._place = bot, webhook, place
        self.asker_id, self.guild_id, self.origin_id = note["asker_id"], note["guild_id"], note["origin_id"]

        self.role_ids: tuple[int, ...] = ()
        self.thread_id: int | None = None  # whoever presses is asked anew, where they press

    def place(self) -> Place:
        return self._place

    async def presence(self) -> Presence:
        return Presence(frozenset({self._place.channel_id}))  # whoever presses is asked anew, as who they are

    async def begin(self, panel: results.Panel, place: Place) -> Place:
        await self.update(panel)
        return place

    async def update(self, panel: results.Panel) -> None:
        await self._webhook.edit_message(ORIGINAL, view=panel.view, attachments=list(panel.files))

    async def withdraw(self) -> None:
        await self._webhook.delete_message(ORIGINAL)

    async def refuse(self, error: EaselError, prompt: str, buttons: Buttons = ()) -> None:
        panel = results.failure(error, prompt, buttons=buttons)
        if self._place.alive:
            await self.update(panel)
            return
        user = await self._bot.fetch_user(self.asker_id)
        await user.send(view=panel.view, files=list(panel.files))

    def pressed(self, interaction: discord.Interaction[Any]) -> Answer:
        return InteractionAnswer(interaction, edits=True)


ORIGINAL: Any = "@original"
"""Instead of a message's id: whatever the interaction was first answered with."""


async def setup(bot: EaselBot) -> None:
    """Tell when Discord can be heard."""
    await bot.add_cog(CutOffs(bot, Asking.of(bot), bot.app.jobs, Panels.of(bot)))
