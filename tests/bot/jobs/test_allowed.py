"""What a server's admins allow, and what is usual there."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import errors
from bot.jobs.allowed import Presence, check, check_words
from bot.jobs.choices import defaults_in
from bot.seedream.catalogue import ASPECTS, PRESETS, Catalogue
from bot.seedream.wishes import Defaults, Wishes
from bot.store.records import Server

CATALOGUE = Catalogue()
FIVE, PRO, FOUR = "doubao-seedream-5-0-260128", "seedream-5-0-pro-260628", "doubao-seedream-4-0-250828"
USUAL = Defaults(FIVE, "2K", False, "jpeg", "url")
HERE = Presence(frozenset({1, 10}), frozenset({5, 6}), lambda id_: id_ != 99)


@pytest.mark.parametrize(
    "server",
    [
        Server(0),
        Server(0, channels=(1,)),
        Server(0, channels=(2, 10)),  # the thread's channel
        Server(0, roles=(4, 6)),
        Server(0, channels=(1,), roles=(5,)),
    ],
)
def test_it_is_allowed(server: Server) -> None:
    check(server, HERE)


@pytest.mark.parametrize(
    ("server", "error", "told"),
    [
        (Server(0, channels=(2, 99, 3)), errors.WrongChannel, "ask again in <#2> or <#3>."),
        (Server(0, channels=(99,)), errors.WrongChannel, "were all deleted"),
        (
            Server(0, channels=tuple(range(20, 40))),
            errors.WrongChannel,
            "<#20>, <#21>, <#22>, <#23> or <#24>",
        ),
        (Server(0, roles=(7, 8)), errors.WrongRole, "takes a role here: <@&7> or <@&8>."),
        (Server(0, roles=(99,)), errors.WrongRole, "were all deleted"),
        (Server(0, channels=(1,), roles=(7,)), errors.WrongRole, "<@&7>"),
    ],
)
def test_it_is_not_allowed(server: Server, error: type[errors.BadRequest], told: str) -> None:
    with pytest.raises(error) as caught:
        check(server, HERE)
    assert told in caught.value.text
    assert "othing was bought" in caught.value.text


async def test_blocked_words_are_not_said_again() -> None:
    server = Server(0, blocked=("gore", "/bl.*d/"))
    await check_words(server, "a kind fox")
    for prompt in ("gore", "much blood"):
        with pytest.raises(errors.BlockedWords) as caught:
            await check_words(server, prompt)
        assert prompt not in caught.value.text


@pytest.mark.parametrize(
    ("server", "usual", "expected"),
    [
        (Server(0), USUAL, USUAL),
        (
            Server(0, model=FOUR, size="4K", aspect="16:9", watermark=True, output_format="png"),
            USUAL,
            Defaults(FOUR, "4K", True, "png", "url", "16:9"),
        ),
        (Server(0, watermark=False), replace(USUAL, watermark=True), USUAL),
        (Server(0, model=PRO, size="4K"), USUAL, replace(USUAL, model=PRO)),  # which it does not make
        (Server(0, model=PRO), replace(USUAL, size="3K"), replace(USUAL, model=PRO, size="1K")),
        (Server(0, model=PRO), replace(USUAL, size="4096x4096"), replace(USUAL, model=PRO, size="1K")),
        (Server(0, model="retired"), USUAL, USUAL),
    ],
)
def test_what_is_usual(server: Server, usual: Defaults, expected: Defaults) -> None:
    assert defaults_in(server, usual, CATALOGUE) == expected


@given(
    st.builds(
        Server,
        st.just(0),
        model=st.sampled_from([None, "retired", *(one.id for one in CATALOGUE)]),
        size=st.sampled_from([None, *PRESETS]),
        aspect=st.sampled_from([None, *ASPECTS]),
        watermark=st.sampled_from([None, True, False]),
        output_format=st.sampled_from([None, "jpeg", "png"]),
    ),
    st.sampled_from([None, *(one.id for one in CATALOGUE)]),
    st.sampled_from(["2K", "2304x1728"]),
)
def test_whatever_is_set_can_be_made(server: Server, chosen: str | None, size: str) -> None:
    usual = defaults_in(server, replace(USUAL, size=size), CATALOGUE)
    Wishes("a fox", model=chosen).request(CATALOGUE, usual)
