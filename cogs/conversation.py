"""Replies, mentions and direct messages: what people simply say to Easel."""

import re
from collections import deque
from dataclasses import dataclass, replace

import discord
import structlog
from discord.ext import commands

from bot import errors
from bot.discord_bot import CONNECTION_FAULTS, EaselBot
from bot.errors import EaselError
from bot.jobs.jobs import Jobs, Origin
from bot.languages import speak
from bot.seedream.request import ImageRequest
from bot.seedream.wishes import Wishes
from bot.seedream.words import Said, model_id, understand, wishes
from bot.store.patience import wait_at_most
from bot.store.records import Descent
from cogs import results, texts
from cogs.answers import MessageAnswer
from cogs.asking import Asking
from cogs.orders import Order
from cogs.shown import Shown, attached, pictures_of

log = structlog.get_logger(__name__)

_SAID = (discord.MessageType.default, discord.MessageType.reply)
_NO_WORDS = re.compile(r"<a?:\w+:\d+>|<(?:@[!&]?|#)\d+>|https?://\S+")
"""Emoji of a server, mentions, and links: a picker for moving pictures posts a bare link."""
_ANSWERS_BACK = 3
"""How many of Easel's own answers in words are gone back over to find what it is about."""
Replied = discord.Message | discord.DeletedReferencedMessage | None
_EMOJI = re.compile(r"<a?:(\w+):\d+>")


@dataclass(frozen=True)
class Target:
    """The message somebody replied to: its pictures, and where they come from if Easel painted them.

    `brought` came with an order that Easel answered with words, and stand for files that are not brought again.
    """

    pictures: tuple[Shown, ...] = ()
    origin: Origin | None = None
    brought: tuple[Shown, ...] = ()


class Conversation(commands.Cog):
    """Hears what is meant for Easel, and makes orders of it."""

    def __init__(self, bot: EaselBot, asking: Asking, jobs: Jobs) -> None:
        self._bot, self._asking, self._jobs = bot, asking, jobs
        self._heard: deque[int] = deque(maxlen=2000)

    @commands.Cog.listener("on_message")
    async def hear(self, message: discord.Message) -> None:
        """Answer a message if it is meant for Easel."""
        if message.author.bot or message.webhook_id is not None or message.type not in _SAID:
            return
        if message.id in self._heard:
            return  # after a broken line Discord may tell of a message again
        self._heard.append(message.id)
        answer = MessageAnswer(message)
        speak(self._bot.tongues.of(message.author.id, message.guild))
        wait_at_most(lambda: self._bot.app.patience.told_seconds)
        try:
            await self._hear(message, answer)
        except EaselError as error:
            await answer.refuse(error, "")
        except Exception:  # an outer edge: discord.py would only log it, and the person would wait
            log.exception("message broke")
            await answer.refuse(EaselError(), "")

    async def _hear(self, message: discord.Message, answer: MessageAnswer) -> None:
        direct = isinstance(message.channel, discord.DMChannel)
        called = direct or self._is_called(message)
        replied = await self._replied_to(message, called=called)
        if not called and not (isinstance(replied, discord.Message) and self._is_own(replied)):
            return
        if not called and _only_signs(message):
            return  # a smile is no order
        if _is_silent(message):
            if not (direct or message.stickers or message.poll):  # those have no words to keep back
                me = self._bot.user.mention if self._bot.user else ""
                await answer.say(texts.EMPTY_REPLY.format(me=me, menu=texts.USE_AS_REFERENCE))
            return
        notes: tuple[str, ...] = ()
        try:
            target = await self._target(replied)
        except errors.NotReadable:
            if not message.attachments:
                raise
            target, notes = Target(), (texts.ONLY_YOUR_PICTURES,)
        try:
            order = await self._order(message, target)
        except errors.BadRequest as error:
            as_written = Wishes(_named(self._words(message), message).strip())
            pictures = (*target.pictures, *attached(message))
            await self._asking.refuse(answer, Order(as_written, pictures), error)
        else:
            await self._asking.take(answer, replace(order, notes=notes))

    async def _order(self, message: discord.Message, target: Target) -> Order:
        """What was asked. Raises a BadRequest where the words cannot be understood."""
        said = understand(self._words(message), len(target.pictures))
        said = replace(said, prompt=_named(said.prompt, message))
        chosen = _picked(said, target)
        if said.model:
            said = replace(said, model=model_id(said.model, self._asking.catalogue))
        pictures = (
            *(target.pictures[index] for index in chosen),
            *(attached(message) or target.brought),
            *_forwarded(message, self._bot),
        )
        kept = await self._kept(said, target.origin, chosen, with_references=bool(pictures))
        return Order(
            wishes(said, kept),
            pictures,
            descent=Descent(parent_id=target.origin.job.id if target.origin else None),
            tray=said.tray,
            use_tray=said.use_tray,
            style=said.style or "",
            private=said.private,
        )

    async def _kept(
        self, said: Said, origin: Origin | None, chosen: list[int], *, with_references: bool
    ) -> Wishes | None:
        """What stays of the parent's wishes, as far as the model that is to paint offers it."""
        if origin is None:
            return None
        request = ImageRequest.from_json(origin.job.request)
        parent = self._asking.catalogue[request.model]
        kept = Wishes.of(request, parent, origin.size_of(chosen[0]) if chosen else None)
        if said.model:
            return kept.for_model(self._asking.catalogue[said.model])
        if with_references and not parent.references:
            usual = await self._asking.usual_model(origin.job.guild_id)
            return replace(kept.for_model(usual), model=None)
        return kept

    # -------------------------------------------------------------- who is meant

    def _is_called(self, message: discord.Message) -> bool:
        """Whether Easel is named in the message, as itself or by the role it brought along."""
        me = self._bot.user
        if me is None:
            return False
        own_role = message.guild.self_role if message.guild else None
        by_name = re.match(rf"@{re.escape(me.name)}\b", message.content, re.IGNORECASE)
        return (
            f"<@{me.id}>" in message.content
            or f"<@!{me.id}>" in message.content
            or (own_role is not None and own_role in message.role_mentions)
            or by_name is not None
        )

    def _is_own(self, message: discord.Message) -> bool:
        return message.author == self._bot.user

    def _words(self, message: discord.Message) -> str:
        """What was said, without Easel's own name."""
        text, me = message.content, self._bot.user
        if me is not None:
            role = message.guild.self_role if message.guild else None
            names = [rf"<@!?{me.id}>", *([rf"<@&{role.id}>"] if role else []), rf"^@{re.escape(me.name)}\b"]
            text = re.sub(rf"(?:{'|'.join(names)})[,:]?", " ", text, flags=re.IGNORECASE)
        return text

    # -------------------------------------------------------------- what was replied to

    async def _replied_to(self, message: discord.Message, *, called: bool) -> Replied:
        reference = message.reference
        if message.type is not discord.MessageType.reply or reference is None or reference.message_id is None:
            return None
        if reference.resolved is not None:
            return reference.resolved
        if not called and not await self._is_of_a_job(reference.message_id):
            return None
        try:
            return await message.channel.fetch_message(reference.message_id)
        except discord.NotFound as error:
            raise errors.MessageGone from error
        except (discord.HTTPException, *CONNECTION_FAULTS) as error:
            raise errors.NotReadable(detail=str(error)) from error

    async def _is_of_a_job(self, message_id: int) -> bool:
        """Whether the message carries pictures of Easel's, as far as that can be known: others' talk is not ours."""
        try:
            return await self._jobs.origin_of(message_id) is not None
        except errors.DatabaseAway:
            return False

    async def _target(self, replied: Replied, depth: int = 0) -> Target:
        if replied is None:
            return Target()
        if isinstance(replied, discord.DeletedReferencedMessage):
            raise errors.MessageGone
        pictures = self._pictures(replied)
        if not pictures and _is_silent(replied):
            raise errors.NotReadable
        if not self._is_own(replied):
            return Target(tuple(pictures))
        if not pictures:
            return await self._target_before(replied, depth)
        # Between a message's appearing and its being noted, its files' names alone tell the job.
        job_id = results.job_of(pictures[0].name)
        origin = await self._jobs.origin_of(replied.id) or await self._jobs.origin_named(job_id)
        return Target(tuple(pictures), origin)

    async def _target_before(self, words: discord.Message, depth: int) -> Target:
        """What a message was about that Easel answered with words: who answers those still means it."""
        asked = await self._replied_to(words, called=True)
        if depth == _ANSWERS_BACK or not isinstance(asked, discord.Message):
            return Target()
        target = await self._target(await self._replied_to(asked, called=True), depth + 1)
        return replace(target, brought=(*target.brought, *attached(asked)))

    def _pictures(self, message: discord.Message) -> list[Shown]:
        return pictures_of(message, self._bot.http.get_from_cdn, own=self._is_own(message))


def _named(prompt: str, message: discord.Message) -> str:
    """A prompt with names where others are mentioned: put in last, since a name may hold anything."""
    names = {f"@{one.id}": one.display_name for one in message.mentions}
    names |= {f"@!{one.id}": one.display_name for one in message.mentions}
    names |= {f"@&{one.id}": one.name for one in message.role_mentions}
    names |= {f"#{one.id}": one.name for one in message.channel_mentions}
    for mention, name in names.items():
        prompt = prompt.replace(f"<{mention}>", name)
    return _EMOJI.sub(r"\1", prompt)


def _is_silent(message: discord.Message) -> bool:
    """Whether a message says and shows nothing: Discord kept it back, or it is a sticker or a poll."""
    return not (
        message.content
        or message.attachments
        or message.embeds
        or message.components
        or message.message_snapshots
    )


def _only_signs(message: discord.Message) -> bool:
    """Whether a message shows feelings and no words: «😍», «!!!», an emoji of the server's."""
    said = _NO_WORDS.sub("", message.content)
    return bool(message.content) and not message.attachments and not any(sign.isalnum() for sign in said)


def _forwarded(message: discord.Message, bot: EaselBot) -> list[Shown]:
    return pictures_of(message, bot.http.get_from_cdn) if message.message_snapshots else []


def _picked(said: Said, target: Target) -> list[int]:
    """Which of the target's pictures are meant, from 0: those that were picked, or all of them."""
    count = len(target.pictures)
    if not said.picks:
        return list(range(count))
    for number in said.picks:
        if number > count:
            raise errors.PictureNotThere(number=number, count=count)
    return list(dict.fromkeys(number - 1 if number > 0 else count - 1 for number in said.picks))


async def setup(bot: EaselBot) -> None:
    """Begin to listen."""
    await bot.add_cog(Conversation(bot, Asking.of(bot), bot.app.jobs))
