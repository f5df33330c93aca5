"""Runs a flow and prints, as JSON without ids and times, what the server says about it."""

import json
import re
import time

from prefect import flow, get_run_logger, task
from prefect.artifacts import create_markdown_artifact
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import (
    ArtifactFilter,
    ArtifactFilterKey,
    FlowRunFilter,
    FlowRunFilterParentFlowRunId,
    FlowRunFilterId,
    LogFilter,
    LogFilterFlowRunId,
    TaskRunFilter,
    TaskRunFilterFlowRunId,
)
from prefect.client.schemas.sorting import LogSort, TaskRunSort
from prefect.variables import Variable

attempts = {"count": 0}


@task
def double(x):
    return x * 2


@task(retries=1, retry_delay_seconds=0)
def fails_once(x):
    attempts["count"] += 1
    get_run_logger().info("attempt %s", attempts["count"])
    if attempts["count"] == 1:
        raise ValueError("not yet")
    return x + 1


@task(name="write report")
def write_report(value):
    create_markdown_artifact(
        key="story-report", markdown=f"# Result\n\n{value}", description="What came out"
    )
    return value


@flow(name="story-child")
def child(n):
    get_run_logger().warning("child got %s", n)
    return double(n)


@flow(name="story", log_prints=True)
def story(n: int = 3):
    logger = get_run_logger()
    logger.info("greeting is %s", Variable.get("story_greeting"))
    print("printed line")
    doubled = double(n)
    shaken = fails_once(doubled)
    below = child(shaken)
    write_report(below)
    return below


def plain(text):
    """A text without what differs from run to run: ids, the ends of task run names, run names."""
    if text is None:
        return None
    text = re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "<id>", text)
    text = re.sub(r"(?<=-)[0-9a-f]{3}\b", "<end>", text)
    text = re.sub(r"'[a-z]+-[a-z]+'", "'<name>'", text)
    return re.sub(r"https?://[^/\s]+", "<server>", text)


def until(read, accept, seconds=60):
    """Events and logs are stored a little later than they are sent."""
    end = time.monotonic() + seconds
    value = read()
    while not accept(value) and time.monotonic() < end:
        time.sleep(0.2)
        value = read()
    return value


def state_of(state):
    return {"type": state.type.value, "name": state.name, "message": plain(state.message)}


def history(client, kind, run_id):
    answer = client._client.get(f"/{kind}_states/", params={f"{kind}_id": str(run_id)})
    states = sorted(answer.json(), key=lambda state: state["timestamp"])
    return [state["name"] for state in states]


def describe_task_run(client, run):
    return {
        "name": plain(run.name),
        "task_key": plain(re.sub(r"-[0-9a-f]{8}$", "-<hash>", run.task_key)),
        "dynamic_key_is_set": bool(run.dynamic_key),
        "state": state_of(run.state),
        "states": history(client, "task_run", run.id),
        "run_count": run.run_count,
        "flow_run_run_count": run.flow_run_run_count,
        "tags": sorted(run.tags),
        "max_retries": run.empirical_policy.retries,
        "task_inputs": sorted(run.task_inputs),
        "has_started": run.start_time is not None,
        "has_ended": run.end_time is not None,
    }


def describe_flow_run(client, run, task_count):
    where = TaskRunFilter(flow_run_id=TaskRunFilterFlowRunId(any_=[run.id]))
    task_runs = until(
        lambda: client.read_task_runs(
            task_run_filter=where, sort=TaskRunSort.EXPECTED_START_TIME_ASC
        ),
        lambda found: len(found) == task_count and all(t.state.is_final() for t in found),
    )
    return {
        "flow": client.read_flow(run.flow_id).name,
        "has_generated_name": bool(re.fullmatch(r"[a-z]+-[a-z]+", run.name)),
        "parameters": run.parameters,
        "state": state_of(run.state),
        "states": history(client, "flow_run", run.id),
        "run_count": run.run_count,
        "tags": run.tags,
        "has_parent": run.parent_task_run_id is not None,
        "has_total_run_time": run.total_run_time.total_seconds() > 0,
        "labels": sorted(run.labels),
        "task_runs": sorted(
            (describe_task_run(client, t) for t in task_runs), key=lambda t: t["task_key"]
        ),
    }


def read_logs(client, run_id, count):
    where = LogFilter(flow_run_id=LogFilterFlowRunId(any_=[run_id]))
    logs = until(
        lambda: client.read_logs(log_filter=where, sort=LogSort.TIMESTAMP_ASC),
        lambda found: len(found) >= count,
    )
    lines = [
        [log.name, log.level, plain(log.message), log.task_run_id is not None] for log in logs
    ]
    # Lines of one millisecond may be stored in any order.
    return sorted(lines, key=json.dumps)


def main():
    with get_client(sync_client=True) as client:
        Variable.set("story_greeting", {"text": "hello"}, overwrite=True)
        result = story(4)
        parent = client.read_flow_runs(limit=10)
        run = next(r for r in parent if r.parent_task_run_id is None)
        where = FlowRunFilter(
            parent_flow_run_id=FlowRunFilterParentFlowRunId(any_=[run.id])
        )
        below = client.read_flow_runs(flow_run_filter=where)
        artifacts = client.read_artifacts(
            artifact_filter=ArtifactFilter(key=ArtifactFilterKey(any_=["story-report"]))
        )
        print(
            json.dumps(
                {
                    "result": result,
                    "run": describe_flow_run(client, run, 4),
                    "subflow_runs": [describe_flow_run(client, r, 1) for r in below],
                    "logs": read_logs(client, run.id, 10),
                    "subflow_logs": read_logs(client, below[0].id, 4),
                    "artifacts": [
                        {
                            "key": a.key,
                            "type": a.type,
                            "data": a.data,
                            "description": a.description,
                            "of_task_run": a.task_run_id is not None,
                        }
                        for a in artifacts
                        if a.flow_run_id == run.id
                    ],
                    "variable": Variable.get("story_greeting"),
                    "count": len(
                        client.read_flow_runs(
                            flow_run_filter=FlowRunFilter(id=FlowRunFilterId(any_=[run.id]))
                        )
                    ),
                },
                indent=1,
                sort_keys=True,
            )
        )


if __name__ == "__main__":
    main()
