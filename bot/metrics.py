"""Metrics: what happens to jobs, counted and timed for Prometheus. No label names a job, a person or a prompt."""

from collections.abc import Iterable, Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

ENDS = ("done", "failed", "unknown", "cancelled", "discarded")
"""How jobs end; shown as 0 until it happens, so that the first one is seen as an increase."""

_WAITING, _PAINTING = "waiting", "painting"
"""The states of jobs that stand in the queue, and of those that hold a slot."""

_WAIT = (0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800, 3600)
_ENDPOINT = (1, 2, 3, 5, 7.5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 300)
_DELIVERY = (0.25, 0.5, 1, 2, 3, 5, 10, 30, 60, 300, 1800, 7200, 28800, 86400)
_WHOLE = (1, 2, 5, 10, 15, 20, 30, 45, 60, 90, 120, 300, 600, 1800, 7200, 28800, 86400)
"""Seconds. Deliveries are tried again for as long as a link lives: a day."""


class Metrics:
    """A method for each event of a job, and the text that Prometheus reads."""

    def __init__(self, slots: int) -> None:
        """Count from nothing; `slots` is how many jobs may paint at once."""
        # A registry of its own: two apps in one process do not add to each other's numbers.
        self._registry = CollectorRegistry()
        self._standing = _Standing(slots)
        self._registry.register(self._standing)
        ProcessCollector(registry=self._registry)
        self._submitted = self._counter("jobs_submitted", "Jobs that were taken on.")
        self._ended = self._counter("jobs_ended", "Jobs that ended, by how.", "end")
        self._pictures = self._counter("pictures_posted", "Pictures posted into Discord.")
        self._bytes = self._counter("posted_bytes", "Bytes of the pictures posted into Discord.")
        self._errors = self._counter("errors", "Errors of the tree, by kind.", "kind")
        self._not_delivered = self._counter("delivery_failures", "Attempts to deliver that Discord refused.")
        self._paused = self._gauge("paused", "Whether the owner lets nothing go out to the endpoint.")
        self._draining = self._gauge("draining", "Whether the owner lets nothing new be taken.")
        self._wait = self._histogram(
            "job_wait_seconds", "From submitted to the job's first POST going out.", _WAIT
        )
        self._endpoint = self._histogram(
            "endpoint_seconds", "From a POST to its answer, by model.", _ENDPOINT, "model"
        )
        self._delivery = self._histogram("delivery_seconds", "From answered to posted.", _DELIVERY)
        self._whole = self._histogram("job_seconds", "From submitted to posted.", _WHOLE)
        for end in ENDS:
            self._ended.labels(end)

    # -------------------------------------------------------------- what jobs call

    def submitted(self) -> None:
        """A job was taken on."""
        self._submitted.inc()

    def started(self, wait_seconds: float) -> None:
        """A job's first POST goes out, so long after the job was submitted."""
        self._wait.observe(_positive(wait_seconds))

    def answered(self, model: str, seconds: float) -> None:
        """The endpoint answered a POST, whatever its answer was."""
        self._endpoint.labels(model).observe(_positive(seconds))

    def delivered(self, seconds: float, whole: float, pictures: int, size: int) -> None:
        """A message of pictures was posted.

        `seconds` after the job was answered, `whole` after it was submitted; `size` is in bytes.
        """
        self._delivery.observe(_positive(seconds))
        self._whole.observe(_positive(whole))
        self._pictures.inc(pictures)
        self._bytes.inc(size)

    def not_delivered(self) -> None:
        """An attempt to deliver failed; it may be tried again."""
        self._not_delivered.inc()

    def ended(self, end: str) -> None:
        """A job ended: one of ENDS."""
        self._ended.labels(end).inc()

    def failed(self, kind: str) -> None:
        """Something went wrong: the kind of an error of the tree."""
        self._errors.labels(kind).inc()

    def switched(self, *, paused: bool, draining: bool) -> None:
        """The owner's gate was turned, or found so at the start."""
        self._paused.set(paused)
        self._draining.set(draining)

    # -------------------------------------------------------------- what is read

    def text(self, jobs: Mapping[str, int] | None, processes: int | None = None) -> bytes:
        """Everything as Prometheus reads it.

        `jobs` counts those that have not ended by state, `processes` those that share the work, if that is known.
        """
        self._standing.jobs, self._standing.processes = jobs, processes
        return generate_latest(self._registry)

    def _counter(self, name: str, what: str, *labels: str) -> Counter:
        return Counter(f"easel_{name}", what, labels, registry=self._registry)

    def _gauge(self, name: str, what: str) -> Gauge:
        return Gauge(f"easel_{name}", what, registry=self._registry)

    def _histogram(self, name: str, what: str, buckets: tuple[float, ...], *labels: str) -> Histogram:
        return Histogram(f"easel_{name}", what, labels, buckets=buckets, registry=self._registry)


class _Standing(Collector):
    """Where jobs stand now: left out while the database cannot be read, since an old number looks like a new one."""

    def __init__(self, slots: int) -> None:
        self._slots = slots
        self.jobs: Mapping[str, int] | None = None
        self.processes: int | None = None

    def collect(self) -> Iterable[Metric]:
        yield _gauge("slots", "Jobs that may paint at once.", self._slots)
        yield _gauge("database_up", "Whether the database could be read just now.", self.jobs is not None)
        if self.processes is not None:
            yield _gauge("processes", "Processes that share the work, by the database.", self.processes)
        if self.jobs is None:
            return
        states = GaugeMetricFamily("easel_jobs", "Jobs that have not ended, by state.", labels=["state"])
        for state, count in self.jobs.items():
            states.add_metric([state], count)
        yield states
        yield _gauge("queue_depth", "Jobs that wait for a slot.", self.jobs.get(_WAITING, 0))
        yield _gauge("slots_busy", "Jobs that hold a slot.", self.jobs.get(_PAINTING, 0))


def _gauge(name: str, what: str, value: float) -> Metric:
    return GaugeMetricFamily(f"easel_{name}", what, value=value)


def _positive(seconds: float) -> float:
    """Times come from the wall clock, which may be set back; a histogram's sum must not shrink."""
    return max(seconds, 0.0)
