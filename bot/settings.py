"""Everything an owner can set, read from the environment and from `.env`."""

import re
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import quote, urlsplit

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    HttpUrl,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    InitSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from bot import secret_files


class SettingsError(Exception):
    """One readable line for each setting that is wrong."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


def _without_slash(url: str) -> str:
    HttpUrl(url)  # raises ValidationError, which names the fault
    return url.rstrip("/")


def _millionths(dollars: object) -> int:
    """Dollars as somebody wrote them, in millionths."""
    text = str(dollars).strip()
    if not re.fullmatch(r"[0-9]{1,7}(\.[0-9]{1,6})?", text):
        raise ValueError("write dollars like 0.04 or 25, with at most six digits behind the point")
    return int(Decimal(text) * 1_000_000)


def _prices(written: object) -> object:
    """`0.04` for every model, `model-id=0.045` for one, separated by commas."""
    if not isinstance(written, str):
        return written
    prices: dict[str, int] = {}
    for part in filter(None, map(str.strip, written.split(","))):
        model, named, dollars = part.rpartition("=")
        if named and not model.strip():
            raise ValueError("write a model's id before each =, or the price alone for every model")
        if model.strip() in prices:
            raise ValueError(
                "there are two prices for the same; keep one, and write a point before the cents"
            )
        prices[model.strip()] = _millionths(dollars)
    return prices


BaseUrl = Annotated[str, AfterValidator(_without_slash)]


_MOST_SHARDS = 10_000


def _numbers(text: str) -> tuple[int, ...]:
    """Whole numbers as people write them: «0,1» or «0-3», or both."""
    found: set[int] = set()
    for part in filter(None, (one.strip() for one in text.split(","))):
        ends = re.fullmatch(r"(\d{1,5})(?:\s*-\s*(\d{1,5}))?", part)
        span = range(int(ends[1]), int(ends[2] or ends[1]) + 1) if ends else range(0)
        if not span:
            raise ValueError("write numbers like 0,1 or 0-3")
        found.update(span)
    return tuple(sorted(found))


class Settings(BaseSettings):
    """One value for each line of `.env.example`; see there what each is for."""

    model_config = SettingsConfigDict(
        env_file=".env", env_file_encoding="utf-8", extra="ignore", frozen=True, env_ignore_empty=True
    )

    discord_token: SecretStr = SecretStr("")
    cometapi_key: SecretStr = SecretStr("")
    cometapi_base_url: BaseUrl = "https://api.cometapi.com/v1"

    easel_model: str = Field("doubao-seedream-5-0-260128", min_length=1)
    easel_models: Annotated[tuple[str, ...], NoDecode] = ()
    easel_size: str = Field("2K", pattern=r"^(1K|1\.5K|2K|3K|4K|\d{2,5}x\d{2,5})$")
    easel_watermark: bool = False
    easel_output_format: Literal["jpeg", "png"] = "jpeg"
    easel_response_format: Literal["url", "b64_json"] = "url"

    easel_data_dir: Path = Path("data")
    easel_database_url: SecretStr = SecretStr("")
    easel_database_password: SecretStr = SecretStr("")
    easel_keep_days: int = Field(30, ge=1, le=3650)
    easel_keep_pictures_days: int = Field(30, ge=0, le=3650)
    easel_keep_pictures_gb: int = Field(20, ge=1, le=100_000)
    easel_process: str = Field("easel-0", pattern=r"^[A-Za-z0-9_.-]{1,40}$")
    easel_shard_ids: Annotated[tuple[int, ...], NoDecode] = ()
    easel_shard_count: int = Field(0, ge=0, le=_MOST_SHARDS, validate_default=True)

    easel_max_concurrent: int = Field(20, ge=1, le=500)
    easel_max_concurrent_per_user: int = Field(3, ge=1, le=500)
    easel_max_waiting_per_user: int = Field(20, ge=1, le=1000)
    easel_requests_per_minute: int = Field(0, ge=0, le=100_000)
    easel_pictures_per_day_per_user: int = Field(0, ge=0, le=1_000_000)
    easel_pictures_per_day_per_server: int = Field(0, ge=0, le=1_000_000)
    easel_jobs_per_minute_per_user: int = Field(0, ge=0, le=1_000)
    easel_budget_per_server: Annotated[int, BeforeValidator(_millionths)] = 0
    """Millionths of a dollar a month."""
    easel_prices: Annotated[dict[str, int], NoDecode, BeforeValidator(_prices)] = {}
    """Millionths of a dollar a picture, by model; under "" for every other one."""

    easel_transfer_mb: int = Field(96, ge=32, le=8192)
    easel_references_mb: int = Field(150, ge=10, le=300)

    easel_message_content: bool = False

    easel_drain_seconds: int = Field(60, ge=0, le=600)

    easel_allow_private_hosts: bool = False
    easel_log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    easel_log_format: Literal["console", "json"] = "console"

    easel_metrics_host: str = Field("127.0.0.1", pattern=r"^\S+$")
    easel_metrics_port: int = Field(9464, ge=0, le=65535)
    easel_sentry_dsn: SecretStr = SecretStr("")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003  # handed over by its name
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Where values come from, the strongest first."""
        environment: dict[str, str | None] = {}
        for source in (dotenv_settings, env_settings):
            if isinstance(source, EnvSettingsSource):
                environment |= source.env_vars
        named = InitSettingsSource(settings_cls, secret_files.read_named(settings_cls, environment))
        return init_settings, env_settings, dotenv_settings, named

    @field_validator("easel_models", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return (
            tuple(part.strip() for part in value.split(",") if part.strip())
            if isinstance(value, str)
            else value
        )

    @field_validator("easel_shard_ids", mode="before")
    @classmethod
    def _spread(cls, value: object) -> object:
        return _numbers(value) if isinstance(value, str) else value

    @field_validator("easel_shard_count")
    @classmethod
    def _shards_fit(cls, count: int, info: ValidationInfo) -> int:
        ids, url = info.data.get("easel_shard_ids"), info.data.get("easel_database_url")
        if ids is None or url is None:
            return count  # what is wrong with those is told already
        if ids and not count:
            raise ValueError("set it, too: how many shards all processes have together")
        if count and not ids:
            raise ValueError("set EASEL_SHARD_IDS, too: which of the shards this process has, like 0-3")
        if any(one >= count for one in ids):
            raise ValueError(f"EASEL_SHARD_IDS has {max(ids)}, and shards are counted from 0 to {count - 1}")
        if count and not url.get_secret_value().startswith("postgresql"):
            raise ValueError("processes that share a bot share a PostgreSQL: set EASEL_DATABASE_URL")
        return count

    @field_validator("discord_token", "cometapi_key")
    @classmethod
    def _one_word(cls, value: SecretStr) -> SecretStr:
        if any(letter.isspace() or not letter.isprintable() for letter in value.get_secret_value()):
            raise ValueError("it holds a space or a line break; paste it again")
        return value

    @field_validator("easel_database_url")
    @classmethod
    def _known_database(cls, value: SecretStr) -> SecretStr:
        url = value.get_secret_value()
        if not re.match(r"$|sqlite\+aiosqlite:///.+|postgresql\+psycopg://.+", url):
            raise ValueError("it begins with sqlite+aiosqlite:/// or postgresql+psycopg://")
        try:
            _ = urlsplit(url).port
        except ValueError:
            raise ValueError("it looks like postgresql+psycopg://user@host:5432/easel") from None
        return value

    @field_validator("easel_sentry_dsn")
    @classmethod
    def _is_dsn(cls, value: SecretStr) -> SecretStr:
        url = value.get_secret_value()
        if not re.fullmatch(r"|https?://[^\s/@]+@[^\s/@:]+(:\d{1,5})?/(\S+/)?\d+", url):
            raise ValueError("it looks like https://key@host/number; copy it from your project's Client Keys")
        _ = urlsplit(url).port  # raises ValueError for one that cannot be
        return value

    @property
    def database_url(self) -> str:
        """Where Easel keeps its own data: what is set, or SQLite in the data folder."""
        url = self.easel_database_url.get_secret_value()
        password = self.easel_database_password.get_secret_value()
        if not url:
            return self.sqlite_url
        user, at, where = urlsplit(url).netloc.rpartition("@")
        if not (password and at) or ":" in user:
            return url
        return url.replace(f"{user}@{where}", f"{user}:{quote(password, safe='')}@{where}", 1)

    @property
    def sqlite_url(self) -> str:
        """The database in the data folder."""
        return f"sqlite+aiosqlite:///{self.easel_data_dir / 'easel.db'}"

    def require(self, *names: str) -> None:
        """Raise SettingsError for each named setting that is empty."""
        missing = [name for name in names if not _plain(getattr(self, name))]
        if missing:
            raise SettingsError([f"{name.upper()} is missing: {_WHERE[name]}" for name in missing])


_WHERE = {
    "discord_token": "copy it from the Bot page of your application at discord.com/developers into .env",
    "cometapi_key": "copy it from your account's token page at cometapi.com into .env",
}


def _plain(value: object) -> object:
    return value.get_secret_value() if isinstance(value, SecretStr) else value


class _Fixed(Settings):
    @classmethod
    def settings_customise_sources(  # type: ignore[override]  # the other sources are not looked at
        cls, _settings: object, init_settings: PydanticBaseSettingsSource, **_others: object
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return (init_settings,)


def fixed_settings(**values: object) -> Settings:
    """Settings made of these values alone: no environment and no file can change them."""
    return _Fixed(**values)  # type: ignore[arg-type]  # pydantic checks them


def read_settings(env_file: Path | str | None = ".env", **values: object) -> Settings:
    """Read the settings; `values` win over the environment, which wins over the file.

    Raises SettingsError with one line per fault, in which no value appears: it might be a secret.
    """
    try:
        return Settings(_env_file=env_file, **values)  # type: ignore[call-arg,arg-type]  # pydantic-settings' own
    except secret_files.UnreadableError as error:
        raise SettingsError(error.lines) from None
    except ValidationError as error:
        lines = [f"{str(fault['loc'][0]).upper()}: {_plain_words(fault)}" for fault in error.errors()]
        raise SettingsError(lines) from None


def _plain_words(fault: object) -> str:
    kind, limits = fault["type"], fault.get("ctx", {})  # type: ignore[index,attr-defined]  # ErrorDetails
    by_kind = {
        "bool_parsing": "write true or false",
        "int_parsing": "write a whole number",
        "greater_than_equal": f"{limits.get('ge')} is the least",
        "less_than_equal": f"{limits.get('le')} is the most",
        "literal_error": f"write {limits.get('expected')}",
        "string_pattern_mismatch": "it does not look as .env.example describes it",
        "string_too_short": "it may not be empty",
    }
    return by_kind.get(kind, str(fault["msg"]).removeprefix("Value error, "))  # type: ignore[index]
