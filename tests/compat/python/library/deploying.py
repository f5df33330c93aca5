"""Deployments that are made from Python and from a file, and runs of them that are waited for."""

import asyncio
import logging
import subprocess
import sys
import threading
import time

from prefect import flow
from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.deployments import run_deployment
from prefect.flow_runs import wait_for_flow_run
from prefect.runner import Runner
from prefect.schedules import Cron, Interval
from prefect.states import Completed, Failed, Pending, Running

from .story import history, state_of, until

SOURCE = '''
from prefect import flow

@flow(name="library-filed")
def filed(x: int = 1, names: list[str] = ["a"]):
    """Told in the file."""
    return x
'''

YAML = """
name: library
prefect-version: 3.0.0
pull:
  - prefect.deployments.steps.set_working_directory:
      directory: {folder}
deployments:
  - name: first
    version: "7"
    tags: [b, a]
    description: from a file
    entrypoint: library_filed.py:filed
    parameters: {{x: 3}}
    concurrency_limit: {{limit: 2, collision_strategy: CANCEL_NEW}}
    work_pool: {{name: library-pool, work_queue_name: fast, job_variables: {{env: {{A: "1"}}}}}}
    schedules:
      - {{cron: "0 3 * * *", timezone: Europe/Berlin, slug: nightly, parameters: {{x: 4}}}}
      - {{interval: 3600, anchor_date: "2020-01-01T00:00:00Z", active: false}}
  - name: second
    entrypoint: library_filed.py:filed
    work_pool: {{name: library-pool}}
    enforce_parameter_schema: false
    triggers:
      - {{type: event, enabled: true, expect: [library.go], match: {{prefect.resource.id: "x"}}, parameters: {{x: 1}}}}
"""


@flow(name="library-served", description="In words", version="4")
def served(x: int, y: str = "d"):
    return x


@flow(name="library-waits")
def waits():
    return run_deployment("library-served/hourly", parameters={"x": 8}, timeout=0, flow_run_name="below").id


def shown(client, name):
    found = client.read_deployment_by_name(name).model_dump(mode="json")
    for schedule in found["schedules"]:
        # Where an interval begins is the moment of its making.
        schedule["schedule"].pop("anchor_date", None)
    found["schedules"].sort(key=lambda schedule: str(schedule["schedule"]))
    found["path"] = found["path"] and "<path>"
    found["entrypoint"] = found["entrypoint"].split("/")[-1]
    found["pull_steps"] = found["pull_steps"] and [list(step) for step in found["pull_steps"]]
    found["labels"].pop("prefect.flow.id", None)
    return found


def deploying(story, client):
    do = story.attempt
    client.create_work_pool(WorkPoolCreate(name="library-pool", type="process"))
    runner(story, client)
    running(story, client)
    filed(story, client)


def runner(story, client):
    do = story.attempt
    runner = Runner(name="library-runner")
    hourly = served.to_deployment(
        name="hourly",
        schedules=[Interval(3600, parameters={"x": 2}, slug="hour"), Cron("0 4 * * *", timezone="Asia/Tokyo")],
        parameters={"x": 1},
        tags=["s"],
        concurrency_limit=3,
        triggers=[{"expect": ["library.go"], "match": {"prefect.resource.id": "x"}}],
    )
    do("add", lambda: runner.add_deployment(hourly), show=lambda _: "added")
    do("add a flow", lambda: runner.add_flow(served, name="bare", paused=True), show=lambda _: "added")
    do("wrong parameters", lambda: runner.add_flow(served, name="wrong", parameters={"x": "text"}))
    do("both", lambda: served.to_deployment(name="both", cron="* * * * *", interval=5))
    for name in ("hourly", "bare", "wrong"):
        do(f"read {name}", lambda: shown(client, f"library-served/{name}"))
    do("triggers", lambda: [
        [each.name, each.enabled, each.actions] for each in client.read_automations() if "hourly" in each.name
    ])
    do("add again", lambda: runner.add_deployment(hourly), show=lambda _: "added")
    do("triggers again", lambda: len([each for each in client.read_automations() if "hourly" in each.name]))


def run_shown(run):
    return [run.name, run.parameters, sorted(run.tags), run.state.name, run.job_variables, run.idempotency_key]


def finish(client, run, state):
    for step in (Pending(), Running(), state):
        client.set_flow_run_state(run.id, step)


def running(story, client):
    do = story.attempt
    go = "library-served/hourly"
    do("run none", lambda: run_deployment("library-served/none", timeout=0))
    do("run with wrong parameters", lambda: run_deployment(go, parameters={"x": "t"}, timeout=0))
    options = {"parameters": {"x": 5}, "timeout": 0, "tags": ["own"], "flow_run_name": "one"}
    one = do("run", lambda: run_deployment(go, **options, idempotency_key="k", job_variables={"a": 1}), show=run_shown)
    do("run again", lambda: run_deployment(go, timeout=0, idempotency_key="k").id == one.id)
    do("run late", lambda: run_deployment(one.deployment_id, timeout=0, flow_run_name="two"), show=run_shown)
    do("gives up", lambda: run_deployment(go, timeout=1, poll_interval=0.2, flow_run_name="four").state.name)
    waited = threading.Timer(1.0, finish_later, args=["waited", Completed(message="done")])
    waited.start()
    do("waits", lambda: state_of(run_deployment(go, timeout=20, poll_interval=0.2, flow_run_name="waited").state))
    waited.join()
    do("in a flow", lambda: client.read_flow_run(waits()), show=lambda run: [run.name, run.parent_task_run_id is not None])
    late = threading.Timer(1.0, finish, args=[client, one, Failed(message="at last")])
    late.start()
    do("wait for it", lambda: asyncio.run(wait_for_flow_run(one.id, timeout=20, poll_interval=1)), show=lambda run: state_of(run.state))
    late.join()
    do("wait too short", lambda: asyncio.run(wait_for_flow_run(client.read_flow_runs(
        flow_run_filter=None, limit=1, deployment_filter=None, sort=None, flow_filter=None
    )[0].id, timeout=0)))
    do("its states", lambda: history(client, one))


def finish_later(name, state):
    from prefect.client.schemas.filters import FlowRunFilter

    with get_client(sync_client=True) as client:
        where = FlowRunFilter.model_validate({"name": {"any_": [name]}})
        found = until(lambda: client.read_flow_runs(flow_run_filter=where), bool)
        finish(client, found[0], state)


def filed(story, client):
    do = story.attempt
    folder = story.folder
    (folder / "library_filed.py").write_text(SOURCE)
    (folder / "prefect.yaml").write_text(YAML.format(folder=folder))
    command = [sys.executable, "-m", "prefect", "--no-prompt", "deploy", "--all"]
    told = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    do("deploy from a file", lambda: told.returncode)
    for name in ("first", "second"):
        do(f"read {name}", lambda: shown(client, f"library-filed/{name}"))
    source = flow.from_source(source=str(folder), entrypoint="library_filed.py:filed")
    more = {"work_pool_name": "library-pool", "ignore_warnings": True, "print_next_steps": False, "build": False}
    do("deploy()", lambda: source.deploy(name="third", schedule=Cron("0 1 * * *"), parameters={"x": 2}, **more), show=lambda _: "made")
    do("deploy() with wrong parameters", lambda: source.deploy(name="fourth", parameters={"x": "t"}, **more))
    do("deploy() to no pool", lambda: source.deploy(name="fifth", **{**more, "work_pool_name": "library-none"}))
    do("read third", lambda: shown(client, "library-filed/third"))
