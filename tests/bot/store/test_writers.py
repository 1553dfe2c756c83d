"""Who writes to SQLite does so in the order in which they came."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from bot.store.writers import Line, in_line


def test_the_lock_goes_to_whoever_waits_the_longest() -> None:
    line, order = Line(), []
    assert line.acquire(0)

    def wait(number: int) -> None:
        assert line.acquire(10)
        order.append(number)
        line.release()

    threads = [threading.Thread(target=wait, args=(number,)) for number in range(10)]
    for number, one in enumerate(threads, 1):
        one.start()
        while len(line._waiting) < number:
            time.sleep(0.001)
    assert not line.acquire(0.01)  # and whoever leaves does not stand in the others' way
    line.release()
    for one in threads:
        one.join()
    assert order == list(range(10))
    assert line.acquire(0)


def test_writers_come_in_their_order_and_readers_do_not_wait(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path}/some.db", connect_args={"timeout": 10}, pool_size=10)
    in_line(engine, 10)
    with engine.begin() as first:
        first.execute(text("PRAGMA journal_mode=WAL"))
        first.execute(text("CREATE TABLE words (number INTEGER PRIMARY KEY AUTOINCREMENT, word TEXT)"))

    def write(word: int, begun: threading.Event) -> None:
        with engine.begin() as connection:
            connection.execute(text("SELECT 1"))
            begun.set()
            connection.execute(text("INSERT INTO words (word) VALUES (:word)"), {"word": str(word)})

    with ThreadPoolExecutor(8) as threads, engine.begin() as slow:
        slow.execute(text("BEGIN IMMEDIATE"))
        for word in range(8):
            begun = threading.Event()
            threads.submit(write, word, begun)
            begun.wait()
            time.sleep(0.02)  # for the way from there to the line
        with engine.begin() as reader:
            assert reader.scalar(text("SELECT count(*) FROM words")) == 0
    with engine.begin() as reader:
        words = list(reader.scalars(text("SELECT word FROM words ORDER BY number")))
    assert words == [str(one) for one in range(8)]


def test_a_transaction_that_breaks_lets_the_next_one_write(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path}/some.db", connect_args={"timeout": 0.1})
    in_line(engine, 0.1)
    with engine.begin() as first:
        first.execute(text("CREATE TABLE words (word TEXT)"))

    def breaks() -> None:
        with engine.begin() as connection:
            connection.execute(text("INSERT INTO words VALUES ('a')"))
            connection.execute(text("INSERT INTO nowhere VALUES ('a')"))

    for _ in range(2):
        with pytest.raises(OperationalError):
            breaks()
        with engine.begin() as connection:
            connection.execute(text("INSERT INTO words VALUES ('b')"))
    with engine.begin() as connection:
        assert connection.scalar(text("SELECT count(*) FROM words")) == 2
