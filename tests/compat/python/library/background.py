"""Tasks that are sent away, and done by a worker in this process."""

import asyncio

from prefect import task
from prefect.client.schemas.objects import TaskRun
from prefect.client.subscriptions import Subscription
from prefect.settings import PREFECT_API_URL
from prefect.task_worker import TaskWorker

from .story import all_ended, state_of, task_history, until


@task(name="library-away", persist_result=True)
def away(x):
    if x < 0:
        raise ValueError("below zero")
    return x * 2


@task(name="library-elsewhere")
def elsewhere(x):
    return x


async def served():
    worker = TaskWorker(away, limit=2)
    serving = asyncio.ensure_future(worker.start()) if asyncio.iscoroutinefunction(worker.start) else None
    if serving is None:
        serving = asyncio.ensure_future(worker.astart())
    try:
        futures = [await asyncio.to_thread(away.delay, x) for x in (1, 2, -1)]
        # A future that missed the news of its end waits for them without end, unless it is told when to look.
        await asyncio.gather(*(future.wait_async(timeout=10) for future in futures))
        results = [await future.result_async(timeout=10, raise_on_failure=False) for future in futures]
        return futures, [str(result) for result in results]
    finally:
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)


async def subscribed():
    sent = elsewhere.delay(5)
    subscription = Subscription(
        model=TaskRun,
        path="/task_runs/subscriptions/scheduled",
        keys=[elsewhere.task_key],
        client_id="library",
        base_url=PREFECT_API_URL.value(),
    )
    async for run in subscription:
        await subscription.websocket.close()
        return [run.id == sent.task_run_id, run.name.split("-")[0], run.state.name, run.state.state_details.deferred]


def background(story, client):
    do = story.attempt
    futures, results = asyncio.run(served())
    story.tell("results", results)
    runs = until(
        lambda: [client.read_task_run(future.task_run_id) for future in futures],
        lambda found: all_ended(found, 3),
    )
    do("states", lambda: [state_of(run.state) for run in runs])
    do("histories", lambda: [task_history(client, run) for run in runs])
    do("a future", lambda: futures[0].result())
    do("a failed future", lambda: futures[2].result())
    do("subscribed", subscribed)
