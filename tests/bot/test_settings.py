"""Settings: what .env.example says is what there is, and faults are readable."""

import os
import re
from pathlib import Path

import pytest

from bot.settings import Settings, SettingsError, fixed_settings, read_settings
from tests.bot.cli.runner import typed

EXAMPLE = Path(".env.example")
DOLLARS = "write dollars like 0.04 or 25, with at most six digits behind the point"
TWICE = "there are two prices for the same; keep one, and write a point before the cents"
SECRET = "tok-very-secret"
POSTGRES = {"easel_database_url": "postgresql+psycopg://host/easel"}


def test_the_example_documents_every_setting_with_its_default(tmp_path: Path) -> None:
    named = dict(re.findall(r"^([A-Z_]+)=(.*)$", EXAMPLE.read_text(), re.MULTILINE))
    assert set(named) == {name.upper() for name in Settings.model_fields}
    example = read_without_environment(EXAMPLE)
    assert example.model_dump() == fixed_settings().model_dump()


def read_without_environment(file: Path) -> Settings:
    """What the file alone says, in a process with no settings in its environment."""
    before = {
        name: os.environ.pop(name) for name in list(os.environ) if name.lower() in Settings.model_fields
    }
    try:
        return read_settings(file)
    finally:
        os.environ.update(before)


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ({"easel_size": "9K"}, "EASEL_SIZE: it does not look as .env.example describes it"),
        ({"easel_output_format": "gif"}, "EASEL_OUTPUT_FORMAT: write 'jpeg' or 'png'"),
        ({"easel_watermark": "perhaps"}, "EASEL_WATERMARK: write true or false"),
        ({"easel_max_concurrent": "many"}, "EASEL_MAX_CONCURRENT: write a whole number"),
        ({"easel_max_concurrent": 0}, "EASEL_MAX_CONCURRENT: 1 is the least"),
        ({"easel_max_concurrent": 501}, "EASEL_MAX_CONCURRENT: 500 is the most"),
        ({"cometapi_base_url": "ftp://x"}, "COMETAPI_BASE_URL: URL scheme should be 'http' or 'https'"),
        (
            {"easel_database_url": "mysql://x"},
            "EASEL_DATABASE_URL: it begins with sqlite+aiosqlite:/// or postgresql+psycopg://",
        ),
        (
            {"easel_database_url": "postgresql+psycopg://u:secret@host:many/easel"},
            "EASEL_DATABASE_URL: it looks like postgresql+psycopg://user@host:5432/easel",
        ),
        ({"discord_token": "two words"}, "DISCORD_TOKEN: it holds a space or a line break; paste it again"),
        ({"easel_model": ""}, "EASEL_MODEL: it may not be empty"),
        *(
            ({"easel_prices": wrong}, f"EASEL_PRICES: {DOLLARS}")
            for wrong in ("-0.04", "m=", "m=NaN", "1e-2", "0.0000001")
        ),
        ({"easel_prices": "m=0.04,m=0.05"}, f"EASEL_PRICES: {TWICE}"),
        ({"easel_prices": "0,04"}, f"EASEL_PRICES: {TWICE}"),
        (
            {"easel_prices": "=0.04"},
            "EASEL_PRICES: write a model's id before each =, or the price alone for every model",
        ),
        *(
            ({"easel_budget_per_server": wrong}, f"EASEL_BUDGET_PER_SERVER: {DOLLARS}")
            for wrong in ("-1", "much", "inf")
        ),
        ({"easel_pictures_per_day_per_user": -1}, "EASEL_PICTURES_PER_DAY_PER_USER: 0 is the least"),
        ({"easel_keep_days": 0}, "EASEL_KEEP_DAYS: 1 is the least"),
        ({"easel_metrics_port": -1}, "EASEL_METRICS_PORT: 0 is the least"),
        ({"easel_metrics_port": 65536}, "EASEL_METRICS_PORT: 65535 is the most"),
        ({"easel_metrics_port": "many"}, "EASEL_METRICS_PORT: write a whole number"),
        (
            {"easel_metrics_host": "two words"},
            "EASEL_METRICS_HOST: it does not look as .env.example describes it",
        ),
        *(
            (
                {"easel_sentry_dsn": dsn},
                "EASEL_SENTRY_DSN: it looks like https://key@host/number; copy it from your project's Client Keys",
            )
            for dsn in (
                "sentry",
                "https://host/1",
                "https://key@host",
                "https://key@host/project",
                "https://key@/1",
            )
        ),
        (
            {"easel_shard_ids": "0", **POSTGRES},
            "EASEL_SHARD_COUNT: set it, too: how many shards all processes have together",
        ),
        (
            {"easel_shard_count": 2, **POSTGRES},
            "EASEL_SHARD_COUNT: set EASEL_SHARD_IDS, too: which of the shards this process has, like 0-3",
        ),
        (
            {"easel_shard_ids": "0-2", "easel_shard_count": 2, **POSTGRES},
            "EASEL_SHARD_COUNT: EASEL_SHARD_IDS has 2, and shards are counted from 0 to 1",
        ),
        ({"easel_shard_ids": "0;1", **POSTGRES}, "EASEL_SHARD_IDS: write numbers like 0,1 or 0-3"),
        ({"easel_shard_ids": "3-1", **POSTGRES}, "EASEL_SHARD_IDS: write numbers like 0,1 or 0-3"),
        (
            {"easel_shard_ids": "0", "easel_shard_count": 1},
            "EASEL_SHARD_COUNT: processes that share a bot share a PostgreSQL: set EASEL_DATABASE_URL",
        ),
        ({"easel_sentry_dsn": "https://key@host:99999/1"}, "EASEL_SENTRY_DSN: Port out of range 0-65535"),
    ],
)
def test_a_fault_is_one_readable_line(values: dict, line: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read_settings(None, **values)
    assert caught.value.lines == [line]


def test_every_fault_is_told_at_once() -> None:
    with pytest.raises(SettingsError) as caught:
        read_settings(None, easel_size="9K", easel_max_concurrent=0)
    assert len(caught.value.lines) == 2


def test_a_secret_appears_nowhere() -> None:
    dsn = f"https://{SECRET}@host/1"
    settings = fixed_settings(discord_token=SECRET, cometapi_key=SECRET, easel_sentry_dsn=dsn)
    assert SECRET not in repr(settings)
    assert SECRET not in str(settings.model_dump())
    with pytest.raises(SettingsError) as caught:
        read_settings(
            None,
            discord_token=f"{SECRET} {SECRET}",
            cometapi_key=f"{SECRET}\n{SECRET}",
            easel_sentry_dsn=f"{dsn}:1",
        )
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    "dsn",
    [
        "https://key@o1.ingest.sentry.example/42",
        "http://key@127.0.0.1:9000/1",
        "https://key@host/under/a/path/7",
    ],
)
def test_a_dsn_is_taken_as_sentry_shows_it(dsn: str) -> None:
    assert fixed_settings(easel_sentry_dsn=dsn).easel_sentry_dsn.get_secret_value() == dsn


@pytest.mark.parametrize(
    ("written", "ids"), [("0,1", (0, 1)), ("0-3", (0, 1, 2, 3)), (" 5, 0 - 1 ,", (0, 1, 5)), ("2,2", (2,))]
)
def test_shards_are_written_as_people_do(written: str, ids: tuple[int, ...]) -> None:
    assert fixed_settings(easel_shard_ids=written, easel_shard_count=6, **POSTGRES).easel_shard_ids == ids


def test_added_models_are_split_at_commas() -> None:
    assert fixed_settings(easel_models=" a, b ,").easel_models == ("a", "b")


def test_prices_are_exact_to_a_millionth_of_a_dollar() -> None:
    written = "0.04, doubao-seedream-4-5=0.045 ,free=0,fine=0.000001,"
    prices = {"": 40_000, "doubao-seedream-4-5": 45_000, "free": 0, "fine": 1}
    assert fixed_settings(easel_prices=written).easel_prices == prices
    assert fixed_settings(easel_budget_per_server="0.29").easel_budget_per_server == 290_000


@pytest.mark.parametrize(
    ("command", "environment", "said"),
    [
        (["run"], {}, ["DISCORD_TOKEN is missing", "COMETAPI_KEY is missing"]),
        (["run"], {"DISCORD_TOKEN": SECRET}, ["COMETAPI_KEY is missing"]),
        (["run"], {"EASEL_SIZE": "9K", "COMETAPI_KEY": f"{SECRET} x"}, ["COMETAPI_KEY: ", "EASEL_SIZE: "]),
        (["imagine", "a fox"], {}, ["COMETAPI_KEY is missing"]),
        (["sync"], {}, ["DISCORD_TOKEN is missing"]),
        (
            ["run"],
            {"DISCORD_TOKEN": SECRET, "COMETAPI_KEY": SECRET, "EASEL_SIZE": "100x100"},
            ["EASEL_SIZE: 100x100 has 10,000 pixels"],
        ),
        (
            ["run"],
            {"DISCORD_TOKEN": SECRET, "COMETAPI_KEY": SECRET, "EASEL_BUDGET_PER_SERVER": "25"},
            ["EASEL_BUDGET_PER_SERVER: a budget needs to know what pictures cost; set EASEL_PRICES"],
        ),
        (
            ["run"],
            {"DISCORD_TOKEN": SECRET, "COMETAPI_KEY": SECRET, "EASEL_DATA_DIR": "/proc/nowhere"},
            ["The data cannot be opened: "],
        ),
    ],
)
def test_a_wrong_setting_ends_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: list, environment: dict, said: list
) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    ended = typed(*command)
    assert ended.code == 2
    lines = ended.err.strip().splitlines()
    assert len(lines) == len(said)
    assert all(line.startswith(start) for line, start in zip(lines, said, strict=True))
    assert SECRET not in ended.err + ended.out


@pytest.fixture
def secret_file(tmp_path: Path) -> Path:
    file = tmp_path / "token.txt"
    file.write_text(f"{SECRET}\n")
    return file


@pytest.mark.parametrize("where", ["environment", ".env"])
def test_a_secret_may_stand_in_a_file(
    tmp_path: Path, secret_file: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    dotenv = tmp_path / ".env"
    dotenv.write_text(f"DISCORD_TOKEN=\nDISCORD_TOKEN_FILE={secret_file if where == '.env' else ''}\n")
    if where == "environment":
        monkeypatch.setenv("DISCORD_TOKEN_FILE", str(secret_file))
    settings = read_without_environment(dotenv)
    assert settings.discord_token.get_secret_value() == SECRET
    assert SECRET not in repr(settings)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (None, "No such file or directory"),
        (b" \n", "it is empty"),
        (b"\xff\xfe", "it is no text"),
        (b"a" * 10_001, "it is too long for a secret"),
    ],
)
def test_a_file_that_is_no_secret_is_told_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes | None, why: str
) -> None:
    file = tmp_path / "key.txt"
    if content is not None:
        file.write_bytes(content)
    monkeypatch.setenv("COMETAPI_KEY_FILE", str(file))
    with pytest.raises(SettingsError) as caught:
        read_without_environment(tmp_path / "none")
    assert caught.value.lines == [f"COMETAPI_KEY_FILE: {file} cannot be read ({why})"]


def test_a_secret_has_one_source(secret_file: Path, tmp_path: Path) -> None:
    dotenv = tmp_path / ".env"
    dotenv.write_text(f"COMETAPI_KEY=another\nCOMETAPI_KEY_FILE={secret_file}\n")
    with pytest.raises(SettingsError, match=r"^COMETAPI_KEY and COMETAPI_KEY_FILE are both"):
        read_without_environment(dotenv)


@pytest.mark.parametrize(
    ("url", "whole"),
    [
        ("postgresql+psycopg://easel@db/easel", "postgresql+psycopg://easel:a%2Fb%40c@db/easel"),
        ("postgresql+psycopg://easel@db:5432/easel?sslmode=require",
         "postgresql+psycopg://easel:a%2Fb%40c@db:5432/easel?sslmode=require"),
        ("postgresql+psycopg://easel:own@db/easel", "postgresql+psycopg://easel:own@db/easel"),
        ("postgresql+psycopg:///easel?host=/run", "postgresql+psycopg:///easel?host=/run"),
        ("sqlite+aiosqlite:///here.db", "sqlite+aiosqlite:///here.db"),
        ("", "sqlite+aiosqlite:///data/easel.db"),
    ],
)  # fmt: skip
def test_the_databases_password_may_come_by_itself(url: str, whole: str) -> None:
    settings = fixed_settings(easel_database_url=url, easel_database_password="a/b@c")
    assert settings.database_url == whole
