"""The words of every job: SQLite's FTS5, or PostgreSQL's full text search.

Everything in it comes from the jobs, so that it can be made anew at any time and is never copied. On SQLite terms for
whose job it is, where it was asked for, its model and itself (`scope`) stand beside the words of the prompt: with them
it walks along what is asked for alone, the newest first, however common the words are.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Column, Connection, MetaData, RowMapping, String, Table, TextClause, select, text

from bot.store.sought import Sought
from bot.store.tables import JOBS
from bot.store.terms import Phrase, model_mark, phrases, terms

# Not among Easel's own tables: it has another shape in each database.
WORDS = Table("words", MetaData(), Column("rowid"), Column("job_id", String))
"""`rowid` is SQLite's alone: it grows from job to job, and nothing that tidies the file changes it."""

_MAKE = {
    # The tokenizer that does least: terms are made here, and nothing but spaces stands between them.
    "sqlite": (
        "CREATE VIRTUAL TABLE words USING fts5 (text, scope, job_id UNINDEXED, tokenize='ascii', columnsize=0)",
    ),
    "postgresql": (
        "CREATE TABLE words (job_id VARCHAR(20) PRIMARY KEY REFERENCES jobs (id), lexemes TSVECTOR NOT NULL)",
        "CREATE INDEX ix_words_lexemes ON words USING gin (lexemes)",
    ),
}
_ADD = {
    "sqlite": text("INSERT INTO words (text, scope, job_id) VALUES (:text, :scope, :job_id)"),
    "postgresql": text(
        "INSERT INTO words (job_id, lexemes) VALUES (:job_id,"
        " setweight(to_tsvector('simple', :model), 'A') || to_tsvector('simple', :text))"
    ),
}
_AT_ONCE = 500
_FEW = 500
_HOLDING = text("SELECT job_id FROM words WHERE lexemes @@ to_tsquery('simple', :wanted) LIMIT :most")

FOUND: Mapping[str, TextClause] = {
    "sqlite": text("words MATCH :wanted"),
    "postgresql": text("words.lexemes @@ to_tsquery('simple', :wanted)"),
}
"""Whether a job holds what is `wanted`, where jobs are joined to their words."""
HELD: Mapping[str, TextClause] = {
    "sqlite": text(
        "EXISTS (SELECT 1 FROM words WHERE words MATCH :wanted)"
        " AND (SELECT one.rowid FROM words AS one WHERE one.words MATCH 'scope : \"j' || jobs.id || '\"')"
        " IN (SELECT rowid FROM words WHERE words MATCH :wanted)"
    ),
    "postgresql": text(
        "EXISTS (SELECT 1 FROM words WHERE words.job_id = jobs.id AND words.lexemes @@ to_tsquery('simple', :wanted))"
    ),
}
"""The same of one job after the other, where something else is walked along."""


def make(connection: Connection) -> None:
    """Make an empty index."""
    for statement in _MAKE[connection.dialect.name]:
        connection.execute(text(statement))


def fill(connection: Connection) -> None:
    """Write the words of every job there is, the oldest first."""
    columns = (JOBS.c.id, JOBS.c.requester_id, JOBS.c.guild_id, JOBS.c.channel_id, JOBS.c.request)
    everything = select(*columns).order_by(JOBS.c.created_at, JOBS.c.id)
    found = connection.execute(everything, execution_options={"yield_per": _AT_ONCE}).mappings()
    for some in found.partitions():
        add(connection, some)


def add(connection: Connection, jobs: Iterable[RowMapping | Mapping[str, Any]]) -> None:
    """Write the words of jobs that are not there yet, given as their rows."""
    connection.execute(_ADD[connection.dialect.name], [_entry(job) for job in jobs])


def _entry(job: RowMapping | Mapping[str, Any]) -> dict[str, str]:
    request = job["request"]
    model = model_mark(request.get("model", ""))
    scope = _scope(job["requester_id"], job["guild_id"], job["channel_id"], model)
    return {
        "job_id": job["id"],
        "text": " ".join(terms(request.get("prompt", ""))),
        "scope": " ".join((*scope, f"j{job['id']}")),
        "model": f"m{model}",
    }


def wanted(dialect: str, sought: Sought) -> str:
    """What to look for as that database has it said: of terms alone, so that nobody's text is read as its syntax."""
    found = phrases(sought.words)
    if dialect == "sqlite":
        person = None if sought.favourites else sought.person_id
        scope = _scope(person, sought.guild_id, sought.channel_id, sought.model)
        return " AND ".join([f'scope : "{one}"' for one in scope] + [f"text : {_fts5(one)}" for one in found])
    model = [f"m{sought.model}:A"] if sought.model else []
    return " & ".join(model + [_tsquery(one) for one in found])


def few(connection: Connection, wanted: str) -> list[str] | None:
    """The jobs that hold what is `wanted`, where they are few; None where they are many, or the index is SQLite's.

    PostgreSQL does not know how rare several words are together, and would look for a few hits among all of a
    person's jobs, one by one.
    """
    if connection.dialect.name == "sqlite":
        return None  # whose a job is stands beside its words there
    found = list(connection.scalars(_HOLDING, {"wanted": wanted, "most": _FEW}))
    return found if len(found) < _FEW else None


def about(job_id: str) -> str:
    """One job, as FTS5 has it said."""
    return f'scope : "j{job_id}"'


def _scope(person: int | None, guild: int | None, channel: int | None, model: str | None) -> list[str]:
    named = {"p": person, "g": guild, "c": channel, "m": model}
    return [f"{kind}{value}" for kind, value in named.items() if value is not None]


def _fts5(phrase: Phrase) -> str:
    return f'"{" ".join(phrase.terms)}"' + (" *" if phrase.begins else "")


def _tsquery(phrase: Phrase) -> str:
    *before, last = phrase.terms
    each = (*(f"{one}:D" for one in before), f"{last}:{'*' if phrase.begins else ''}D")
    return f"({' <-> '.join(each)})"
