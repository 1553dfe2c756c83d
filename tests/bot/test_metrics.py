"""Metrics: what Prometheus reads after what happened, read with its own parser."""

from prometheus_client.parser import text_string_to_metric_families

from bot.metrics import ENDS, Metrics

JOBS = {"waiting": 3, "painting": 2, "collecting": 1}


def read(metrics: Metrics, jobs: dict[str, int] | None = None) -> dict[tuple[str, ...], float]:
    """Every number by its name and its labels' values in their order."""
    families = text_string_to_metric_families(metrics.text(jobs).decode())
    return {
        (one.name, *sorted(one.labels.values())): one.value for family in families for one in family.samples
    }


def test_a_whole_job_is_counted_and_timed() -> None:
    metrics = Metrics(slots=20)
    metrics.submitted()
    metrics.started(0.3)
    metrics.answered("seedream", 12.0)
    metrics.delivered(1.5, 14.0, pictures=2, size=3_000_000)
    metrics.ended("done")
    found = read(metrics)
    assert found["easel_jobs_submitted_total",] == 1
    assert found["easel_jobs_ended_total", "done"] == 1
    assert found["easel_pictures_posted_total",] == 2
    assert found["easel_posted_bytes_total",] == 3_000_000
    assert found["easel_job_wait_seconds_sum",] == 0.3
    assert found["easel_endpoint_seconds_sum", "seedream"] == 12.0
    assert found["easel_delivery_seconds_sum",] == 1.5
    assert found["easel_job_seconds_sum",] == 14.0


def test_a_time_falls_into_its_bucket() -> None:
    metrics = Metrics(slots=20)
    metrics.answered("seedream", 12.0)
    found = read(metrics)
    assert found["easel_endpoint_seconds_bucket", "10.0", "seedream"] == 0
    assert found["easel_endpoint_seconds_bucket", "15.0", "seedream"] == 1


def test_what_goes_wrong_is_counted_by_kind() -> None:
    metrics = Metrics(slots=20)
    metrics.failed("TooManyRequests")
    metrics.failed("TooManyRequests")
    metrics.not_delivered()
    found = read(metrics)
    assert found["easel_errors_total", "TooManyRequests"] == 2
    assert found["easel_delivery_failures_total",] == 1


def test_every_end_is_there_before_it_happens() -> None:
    found = read(Metrics(slots=20))
    assert {found["easel_jobs_ended_total", end] for end in ENDS} == {0}


def test_a_clock_that_is_set_back_takes_nothing_away() -> None:
    metrics = Metrics(slots=20)
    metrics.started(-5.0)
    found = read(metrics)
    assert found["easel_job_wait_seconds_sum",] == 0
    assert found["easel_job_wait_seconds_count",] == 1


def test_where_jobs_stand_is_shown() -> None:
    found = read(Metrics(slots=20), JOBS)
    assert found["easel_jobs", "collecting"] == 1
    assert found["easel_queue_depth",] == 3
    assert found["easel_slots_busy",] == 2
    assert found["easel_slots",] == 20
    assert found["easel_database_up",] == 1


def test_what_cannot_be_read_is_left_out_and_not_shown_as_it_was() -> None:
    metrics = Metrics(slots=20)
    metrics.submitted()
    read(metrics, JOBS)
    found = read(metrics, None)
    assert found["easel_database_up",] == 0
    assert found["easel_jobs_submitted_total",] == 1
    assert not [name for name, *_ in found if name in ("easel_jobs", "easel_queue_depth", "easel_slots_busy")]


def test_two_apps_do_not_count_together() -> None:
    first, second = Metrics(slots=1), Metrics(slots=1)
    first.submitted()
    assert read(second)["easel_jobs_submitted_total",] == 0
