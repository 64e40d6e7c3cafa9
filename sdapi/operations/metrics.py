"""Figures for Prometheus, kept per application: what jobs did, what waits, what engines hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from pipelines.hosts.view import EngineView
from pipelines.jobs.events import Happening, JobEvent
from pipelines.jobs.view import JobView
from sdapi.core.services import Jobs

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
SECONDS = (0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 40, 80, 160, 320, 640)


class Metrics:
    """Counts events, and reads all other figures when they are asked for."""

    def __init__(self, jobs: Jobs) -> None:
        self._registry = CollectorRegistry()
        labels = ("kind", "state")
        self._ended = Counter("sdapi_jobs_ended", "Jobs that ended", labels, registry=self._registry)
        self._failed = Counter("sdapi_jobs_failed", "Jobs that failed", ("error",), registry=self._registry)
        self._retried = Counter("sdapi_jobs_retried", "Starts beyond a job's first", registry=self._registry)
        self._run = self._histogram("sdapi_job_run_seconds", "From start to end")
        self._wait = self._histogram("sdapi_job_wait_seconds", "From arrival to start")
        self._stage = self._histogram("sdapi_job_stage_seconds", "In a stage of a job", ("kind", "stage"))
        self._registry.register(_Now(jobs))
        jobs.events.subscribe(self.listen)

    def _histogram(self, name: str, text: str, labels: Sequence[str] = ("kind",)) -> Histogram:
        return Histogram(name, text, labels, buckets=SECONDS, registry=self._registry)

    def listen(self, event: JobEvent) -> None:
        """Count starts and ends."""
        if event.what is Happening.STARTED and event.job.attempts > 1:
            self._retried.inc()
        if event.what is Happening.ENDED:
            self._count_end(event.job)

    def _count_end(self, job: JobView) -> None:
        self._ended.labels(job.kind, job.state.value).inc()
        if job.failure is not None:
            self._failed.labels(job.failure.kind).inc()
        if job.started:
            self._run.labels(job.kind).observe(max(job.ended - job.started, 0.0))
            self._wait.labels(job.kind).observe(max(job.started - job.created, 0.0))
        for stage, seconds in job.progress.seconds.items():
            self._stage.labels(job.kind, stage).observe(seconds)

    def text(self) -> bytes:
        """All figures in Prometheus' text format."""
        return generate_latest(self._registry)


class _Now(Collector):
    """Figures of the moment."""

    def __init__(self, jobs: Jobs) -> None:
        self._jobs = jobs

    def collect(self) -> Iterator[CounterMetricFamily | GaugeMetricFamily]:
        """Queue, server and engines."""
        from pipelines.hosts.process_memory import resident_bytes  # psutil, which the start has no time for

        jobs = self._jobs
        yield GaugeMetricFamily("sdapi_queue_length", "Jobs that wait", len(jobs.pending()))
        yield GaugeMetricFamily("sdapi_jobs_running", "Jobs that run", len(jobs.running()))
        yield GaugeMetricFamily("sdapi_server_rss_bytes", "RAM of the server's process", resident_bytes())
        engines = jobs.engines()
        yield _per_engine("sdapi_engine_ready", "1 if it takes jobs", [(e, e.ready) for e in engines])
        yield _per_engine("sdapi_engine_jobs", "Jobs that share it now", [(e, e.jobs) for e in engines])
        yield _per_engine("sdapi_engine_restarts", "Processes that died", [(e, e.restarts) for e in engines])
        yield _per_engine("sdapi_engine_rss_bytes", "RAM of its process", [(e, e.rss) for e in engines])
        yield _batches(engines)
        yield from _device_memory(engines)


def _per_engine(name: str, text: str, values: Iterable[tuple[EngineView, float]]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, text, labels=("engine", "device"))
    for engine, value in values:
        family.add_metric((str(engine.number), engine.device), float(value))
    return family


def _batches(engines: Iterable[EngineView]) -> CounterMetricFamily:
    """Model calls by how many jobs shared them."""
    labels = ("engine", "device", "jobs")
    family = CounterMetricFamily("sdapi_engine_calls", "Model calls by the jobs in a batch", labels=labels)
    for engine in engines:
        for jobs, calls in sorted(engine.batches.items()):
            family.add_metric((str(engine.number), engine.device, str(jobs)), float(calls))
    return family


def _device_memory(engines: Iterable[EngineView]) -> Iterator[GaugeMetricFamily]:
    """The device's memory, where the engine knows it."""
    family = GaugeMetricFamily(
        "sdapi_device_bytes", "Memory of the device", labels=("engine", "device", "kind")
    )
    for engine in engines:
        system = engine.memory.get("system")
        for kind, value in system.items() if isinstance(system, dict) else ():
            family.add_metric((str(engine.number), engine.device, str(kind)), float(value))
    yield family
