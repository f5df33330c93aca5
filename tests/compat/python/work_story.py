"""Plays work pools and limits through the client and prints what comes of them as JSON: python work_story.py."""

import asyncio
import json
import logging
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stdout
from pathlib import Path

from prefect import flow, get_client, task
from prefect.client.schemas.actions import GlobalConcurrencyLimitCreate, WorkPoolCreate
from prefect.client.schemas.filters import WorkerFilter, WorkerFilterStatus
from prefect.client.schemas.objects import ConcurrencyLimitConfig
from prefect.concurrency.asyncio import concurrency as async_concurrency
from prefect.concurrency.sync import concurrency, rate_limit
from prefect.deployments import run_deployment
from prefect.flow_runs import wait_for_flow_run

HERE = Path(__file__).resolve().parent
POOL = "work-story"


@flow(name="work-child")
def child(x: int = 1, nap: float = 0.0):
    time.sleep(nap)
    return x


@task(name="work-tagged", tags=["work-tag"])
def tagged(index: int):
    started = time.monotonic()
    time.sleep(0.5)
    return started, time.monotonic()


@flow(name="work-tags")
def tags():
    return [future.result() for future in [tagged.submit(index) for index in range(3)]]


@task(name="work-caller")
def call_from_task():
    return run_deployment("work-child/free", timeout=90, poll_interval=0.5, tags=["from-task"])


@flow(name="work-parent")
def parent():
    one = run_deployment(
        "work-child/free", parameters={"x": 5}, timeout=90, poll_interval=0.5, flow_run_name="sub-1"
    )
    two = run_deployment("work-child/free", timeout=0, as_subflow=False, flow_run_name="alone")
    three = run_deployment(
        "work-child/free",
        timeout=0,
        flow_run_name="sub-keyed",
        idempotency_key="work-key",
        job_variables={"env": {"A": "1"}},
        work_queue_name="fast",
    )
    again = run_deployment("work-child/free", timeout=0, idempotency_key="work-key")
    four = call_from_task()
    return [str(run.id) for run in (one, two, three, again, four)]


def overlap(spans):
    edges = sorted([(start, 1) for start, _ in spans] + [(end, -1) for _, end in spans])
    most = now = 0
    for _, step in edges:
        now += step
        most = max(most, now)
    return most


def hold(name, seconds=0.4, occupy=1):
    with concurrency(name, occupy=occupy, timeout_seconds=60):
        started = time.monotonic()
        time.sleep(seconds)
        return started, time.monotonic()


def failure(work):
    try:
        work()
    except BaseException as error:
        return f"{type(error).__name__}: {error}"
    return None


async def hold_async(name):
    async with async_concurrency(name, occupy=1, timeout_seconds=60):
        started = time.monotonic()
        await asyncio.sleep(0.3)
        return started, time.monotonic()


async def gather_holds():
    return await asyncio.gather(*(hold_async("work-two") for _ in range(5)))


def limits(client):
    for name, size, decay in [("work-two", 2, 0), ("work-rate", 2, 2.0), ("work-off", 1, 0)]:
        client.create_global_concurrency_limit(
            GlobalConcurrencyLimitCreate(
                name=name, limit=size, slot_decay_per_second=decay, active=name != "work-off"
            )
        )
    with ThreadPoolExecutor(6) as pool:
        sync_most = overlap(list(pool.map(hold, ["work-two"] * 6)))
    async_most = overlap(asyncio.run(gather_holds()))
    with concurrency("work-two", occupy=2):
        timed_out = failure(lambda: concurrency("work-two", timeout_seconds=0.5).__enter__())
    started = time.monotonic()
    for _ in range(4):
        rate_limit("work-rate", timeout_seconds=30)
    read = client.read_global_concurrency_limit_by_name("work-two")
    return {
        "most at once": sync_most,
        "most at once of async": async_most,
        "timed out": timed_out,
        "rated for a while": time.monotonic() - started >= 0.5,
        "left": [read.active_slots, read.limit],
        "switched off": hold("work-off", 0.0, 5) is not None,
        "none": hold("work-none", 0.0) is not None,
        "strict": failure(lambda: concurrency("work-none", strict=True).__enter__()),
        "too many": failure(lambda: concurrency("work-two", occupy=3).__enter__()),
        "no rate": failure(lambda: rate_limit("work-two")),
        "active": sorted(
            limit.name
            for limit in client.read_global_concurrency_limits(limit=100, offset=0)
            if limit.active and limit.name.startswith("work-")
        ),
    }


def tag_limits(client):
    client.create_concurrency_limit(tag="work-tag", concurrency_limit=1)
    spans = tags()
    read = client.read_concurrency_limit_by_tag("work-tag")
    seen = [read.concurrency_limit, read.active_slots]
    client.reset_concurrency_limit_by_tag("work-tag")
    client.delete_concurrency_limit_by_tag("work-tag")
    return {"most at once": overlap(spans), "left": seen}


def deploy(name, **fields):
    return child.from_source(source=str(HERE), entrypoint="work_story.py:child").deploy(
        name=name, work_pool_name=POOL, ignore_warnings=True, print_next_steps=False, **fields
    )


def deployments(client):
    client.create_work_pool(WorkPoolCreate(name=POOL, type="process"))
    deploy("free")
    deploy("queued", concurrency_limit=1)
    one = ConcurrencyLimitConfig(limit=1, collision_strategy="CANCEL_NEW")
    deploy("cancelling", concurrency_limit=one)
    shown = []
    for name in ("free", "queued", "cancelling"):
        read = client.read_deployment_by_name(f"work-child/{name}")
        limit = read.global_concurrency_limit
        shown.append(
            [
                name,
                read.status.value if read.status else None,
                limit and limit.limit,
                read.concurrency_options and read.concurrency_options.model_dump(mode="json"),
                read.work_queue_name,
                read.work_pool_name,
            ]
        )
    return shown


def states(client, run_id):
    found = client.read_flow_run_states(run_id)
    names = [state.name for state in sorted(found, key=lambda state: state.timestamp)]
    return [name for name in names if name != "Late"]


def collisions(client):
    said = {}
    for name in ("queued", "cancelling"):
        runs = [
            run_deployment(f"work-child/{name}", timeout=0, parameters={"nap": 4}) for _ in range(2)
        ]
        ended = [asyncio.run(wait_for_flow_run(run.id, timeout=120, poll_interval=1)) for run in runs]
        said[name] = sorted(
            [run.state.name, run.state.message if run.state.name == "Cancelled" else None]
            for run in ended
        )
        said[f"{name} went through"] = sorted(
            {name for run in runs for name in states(client, run.id)}
        )
        limit = client.read_deployment_by_name(f"work-child/{name}").global_concurrency_limit
        said[f"{name} left"] = limit.active_slots
    return said


def subflows(client):
    one, two, three, again, four = parent()
    ids = {"one": one, "two": two, "three": three, "four": four}
    runs = {name: client.read_flow_run(id) for name, id in ids.items()}
    dummy = client.read_task_run(runs["one"].parent_task_run_id)
    return {
        "same key, same run": three == again,
        "runs": [
            [
                name,
                run.state.type.value if name in ("one", "four") else None,
                run.parent_task_run_id is not None,
                sorted(run.tags),
                run.work_queue_name,
                run.work_pool_name,
                run.job_variables,
                run.parameters,
            ]
            for name, run in runs.items()
        ],
        "dummy": [
            dummy.task_key.startswith("work-child"),
            dummy.state.type.value,
            sorted(dummy.task_inputs),
        ],
    }


def workers(client):
    online = WorkerFilter(status=WorkerFilterStatus(any_=["ONLINE"]))
    pool = client.read_work_pool(POOL)
    return {
        "pool": [pool.status.value, pool.is_paused, pool.concurrency_limit],
        "deployments": [
            client.read_deployment_by_name(f"work-child/{name}").status.value
            for name in ("free", "queued", "cancelling")
        ],
        "workers": sorted(
            worker.name for worker in client.read_workers_for_work_pool(POOL, worker_filter=online)
        ),
    }


def play():
    logging.disable(logging.CRITICAL)
    told = {}
    with get_client(sync_client=True) as client:
        told["limits"] = limits(client)
        told["tags"] = tag_limits(client)
        told["deployments"] = deployments(client)
        worker = subprocess.Popen(
            [sys.executable, "-m", "prefect", "worker", "start", "--pool", POOL, "--name", "work-w"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PREFECT_WORKER_QUERY_SECONDS": "1"},
        )
        try:
            told["collisions"] = collisions(client)
            told["subflows"] = subflows(client)
            told["workers"] = workers(client)
        finally:
            worker.send_signal(signal.SIGINT)
            worker.wait(60)
    return told


if __name__ == "__main__":
    with redirect_stdout(sys.stderr):
        story = play()
    print(json.dumps(story))
