"""The command line: run, demo, imagine, check, db, health, sync, endpoint."""

import signal
import sys
from pathlib import Path
from typing import Annotated

import typer

from bot.settings import SettingsError

cli = typer.Typer(
    help="Easel brings Seedream pictures into a Discord conversation.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,  # locals may hold keys
)
db = typer.Typer(help="What belongs to the database.", no_args_is_help=True)
cli.add_typer(db, name="db")


@cli.command()
def run() -> None:
    """Run the bot; needs DISCORD_TOKEN and COMETAPI_KEY."""
    from bot.cli.run import run_bot

    raise typer.Exit(run_bot())


@cli.command()
def demo(
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Where on 127.0.0.1 the page is served; 0 picks one.")
    ] = 8765,
) -> None:
    """Try the whole bot in a browser page: no account, no key, no network."""
    from bot.cli.demo import run_demo

    raise typer.Exit(run_demo(port))


@cli.command()
def sync(
    guild: Annotated[
        int | None, typer.Option(help="One server's id: there the commands appear at once.")
    ] = None,
) -> None:
    """Register the commands with Discord, everywhere or in one server."""
    from bot.cli.sync import run_sync

    raise typer.Exit(run_sync(guild))


@cli.command()
def check() -> None:
    """Show what works and what does not: settings, token, key, database, permissions."""
    from bot.cli.check import run_check

    raise typer.Exit(run_check())


@db.command()
def move(
    to: Annotated[
        str | None,
        typer.Option(help="postgresql+psycopg://user@host/easel; EASEL_DATABASE_URL where it is left out."),
    ] = None,
) -> None:
    """Move everything from SQLite into an empty PostgreSQL, while Easel stands still."""
    from bot.cli.db import run_move

    raise typer.Exit(run_move(to))


@db.command()
def restored() -> None:
    """After a backup was restored: let nothing be bought again that may have been bought since it was made."""
    from bot.cli.db import run_restored

    raise typer.Exit(run_restored())


@cli.command()
def health() -> None:
    """Tell whether the running bot is connected to Discord: exit code 0 or 1."""
    from bot.cli.health import run_health

    raise typer.Exit(run_health())


@cli.command()
def imagine(  # noqa: PLR0913, PLR0917  # the command's options are this function's parameters
    prompt: Annotated[str, typer.Argument(help="What to paint.")],
    size: Annotated[str | None, typer.Option(help="1K, 1.5K, 2K, 3K, 4K, or pixels like 2304x1728.")] = None,
    aspect: Annotated[str | None, typer.Option(help="1:1, 4:3, 3:4, 16:9, 9:16, 3:2, 2:3 or 21:9.")] = None,
    model: Annotated[str | None, typer.Option(help="The model's id.")] = None,
    count: Annotated[int, typer.Option(help="Variations, made side by side: 1 to 4.")] = 1,
    reference: Annotated[
        list[Path] | None, typer.Option(help="A picture to work from; may be repeated.")
    ] = None,
    format_: Annotated[str | None, typer.Option("--format", help="jpeg or png.")] = None,
    seed: Annotated[int | None, typer.Option(help="Older models repeat a picture by its seed.")] = None,
    guidance: Annotated[float | None, typer.Option(help="1.0 to 10.0, older models only.")] = None,
    watermark: Annotated[bool | None, typer.Option(help="Put «AI Generated» into the corner.")] = None,
    out: Annotated[Path, typer.Option(help="The folder for the pictures.")] = Path(),
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of lines.")] = False,
    sandbox: Annotated[
        bool, typer.Option("--sandbox", help="Use the built-in stand-in: no key, no cost.")
    ] = False,
) -> None:
    """Make pictures from the command line."""
    from bot.cli.imagine import Wanted, run_imagine
    from bot.seedream.wishes import Wishes

    wishes = Wishes(
        prompt=prompt,
        aspect=aspect,
        size=size,
        model=model,
        count=count,
        format=format_,
        watermark=watermark,
        guidance_scale=guidance,
        seed=seed,
    )
    wanted = Wanted(wishes, tuple(reference or ()), out)
    raise typer.Exit(run_imagine(wanted, as_json=json, sandbox=sandbox))


@cli.command()
def endpoint(
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Where on 127.0.0.1 it is served; 0 picks one.")
    ] = 8766,
    key: Annotated[str, typer.Option(help="The bearer key it accepts.")] = "sandbox-key",
    latency: Annotated[float, typer.Option(help="Seconds an answer takes.")] = 2.0,
) -> None:
    """Serve the stand-in for the picture endpoint alone, for curl and other clients."""
    from bot.cli.endpoint import run_endpoint

    raise typer.Exit(run_endpoint(port, key, latency))


def main() -> None:
    """Run a command; settings that are wrong end it with a line each and exit code 2."""
    # As a container's first process, a command without a handler would not hear SIGTERM: take it for Ctrl+C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        cli()
    except SettingsError as error:
        for line in error.lines:
            print(line, file=sys.stderr)  # noqa: T201  # the command line's own voice
        sys.exit(2)


if __name__ == "__main__":
    main()
