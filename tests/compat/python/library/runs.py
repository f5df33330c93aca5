"""Runs in this process: hooks, retries, time limits, mapped tasks, flows in threads, what a run knows of itself."""

import threading
import time

import prefect.runtime.deployment
import prefect.runtime.flow_run
import prefect.runtime.task_run
from prefect import flow, task, unmapped
from prefect.client.schemas.filters import FlowRunFilter, TaskRunFilter
from prefect.states import Cancelled, Completed, Failed

from .story import all_ended, history, state_of, task_history, until

heard = []


def hears(name):
    def hook(subject, run, state):
        heard.append([name, state.name])

    return hook


HOOKS = {
    f"on_{kind}": [hears(kind)] for kind in ("completion", "failure", "cancellation", "crashed", "running")
}


@flow(name="library-ends", **HOOKS)
def ends(how):
    if how == "fail":
        raise ValueError("on purpose")
    if how == "crash":
        raise KeyboardInterrupt
    return {
        "cancelled": Cancelled(message="by itself"),
        "named": Completed(name="Odd", message="with a name"),
        "failed": Failed(message="as a value"),
        "states": [Completed(), Failed(message="one of two")],
        "none": None,
    }.get(how, how)


@task(name="library-tries", retries=2, retry_delay_seconds=[0, 0], retry_jitter_factor=0.5)
def tries(counts):
    counts.append(len(counts))
    if len(counts) < 3:
        raise ValueError(f"try {len(counts)}")
    return len(counts)


@task(name="library-picky", retries=3, retry_condition_fn=lambda task, run, state: False)
def picky():
    raise ValueError("never again")


@flow(name="library-retries", retries=1)
def retries(seen):
    seen.append(1)
    if len(seen) < 2:
        raise ValueError("first")
    tried = tries([])
    return [len(seen), tried, picky(return_state=True).name]


@task(name="library-slow", timeout_seconds=0.3)
def slow():
    time.sleep(1)


@flow(name="library-slow-flow", timeout_seconds=0.3)
def slow_flow():
    time.sleep(1)


@task(name="library-add")
def add(x, y):
    return x + y


@flow(name="library-maps")
def maps():
    first = add.map([1, 2, 3], unmapped(10))
    second = add.map(first, first)
    after = add.submit(1, 1, wait_for=[second])
    broken = add.submit(1, "x")
    skipped = add.submit(broken, 1)
    broken.wait()
    skipped.wait()
    ended = [broken.state.name, skipped.state.name]
    return Completed(data=[[each.result() for each in second], after.result(), ended])


@flow(name="library-below")
def below(n):
    return [n, prefect.runtime.flow_run.parent_flow_run_id is not None]


@flow(name="library-above")
def above():
    told = [below(1)]
    thread = threading.Thread(target=lambda: told.append(below(2)))
    thread.start()
    thread.join()

    @task
    def calls_flow():
        return below(3)

    told.append(calls_flow())
    return told


@task(name="library-knows-task", task_run_name="task of {x}", tags=["tt"])
def knows_task(x):
    run = prefect.runtime.task_run
    return [run.name, run.task_name, run.parameters, run.run_count, sorted(run.tags), bool(run.id)]


@flow(name="library-knows", flow_run_name="run of {x}", version="v5")
def knows(x=1):
    run = prefect.runtime.flow_run
    return [
        [run.name, run.flow_name, run.flow_version, run.parameters, run.run_count, sorted(run.tags)],
        [run.parent_flow_run_id, run.parent_deployment_id, run.root_flow_run_id == run.id, run.job_variables],
        [bool(run.scheduled_start_time), run.api_url, run.ui_url and "flow-run" in run.ui_url],
        [prefect.runtime.deployment.id, prefect.runtime.deployment.name, prefect.runtime.deployment.parameters],
        knows_task(x),
    ]


def ended(how):
    try:
        state = ends(how, return_state=True)
    except KeyboardInterrupt:
        return "KeyboardInterrupt"
    return state_of(state)


def of_flow(client, name):
    runs = client.read_flow_runs(flow_run_filter=FlowRunFilter(), flow_filter=named(name))
    return sorted(runs, key=lambda run: run.created)


def named(name):
    from prefect.client.schemas.filters import FlowFilter

    return FlowFilter.model_validate({"name": {"any_": [name]}})


def runs(story, client):
    do = story.attempt
    for how in ("value", "none", "named", "failed", "states", "cancelled", "fail", "crash"):
        do(f"ends by {how}", lambda: ended(how))
    do("heard", lambda: heard)
    do("ends on the server", lambda: [[run.parameters, state_of(run.state), history(client, run)] for run in of_flow(client, "library-ends")])
    do("raises", lambda: ends("fail"))
    do("retries", lambda: retries([]))
    do("retries on the server", lambda: [[run.run_count, history(client, run)] for run in of_flow(client, "library-retries")])
    do("a slow task", lambda: flow(name="library-has-slow")(lambda: slow(return_state=True))(), show=str)
    do("a slow flow", lambda: state_of(slow_flow(return_state=True)))
    do("maps", maps)
    do("threads", above)
    do("runs of runs", lambda: [
        [run.parameters, run.parent_task_run_id is not None] for run in of_flow(client, "library-below")
    ])
    do("knows", knows)
    tasks(story, client)


def inputs_of(run):
    """Where the inputs of a task come from; in whose thread it was started is left to chance."""
    known = run.task_inputs.items()
    return sorted([name, [each.input_type for each in given]] for name, given in known if name != "__parents__")


def tasks(story, client):
    def read():
        return client.read_task_runs(
            task_run_filter=TaskRunFilter.model_validate({"state": {"type": {"any_": ["COMPLETED", "FAILED"]}}}),
            flow_filter=named("library-maps"),
        )

    found = until(read, lambda found: all_ended(found, 8))
    story.tell("mapped tasks on the server", sorted([task_history(client, run), inputs_of(run)] for run in found))
    tried = until(
        lambda: client.read_task_runs(flow_filter=named("library-retries")),
        lambda found: all_ended(found, 2),
    )
    story.tell("tries", sorted([run.task_key.rsplit("-", 1)[0], run.run_count, run.flow_run_run_count, task_history(client, run)] for run in tried))
