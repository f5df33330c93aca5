"""Runs a flow whose tasks have tags, and prints how they ended."""

import json

from prefect import flow, task
from prefect.client.orchestration import get_client
from prefect.concurrency.sync import concurrency


@task(tags=["database", "slow"])
def tagged(n):
    with concurrency("no-such-limit", occupy=1):
        return n + 1


@flow(name="tagged")
def story():
    return [future.result() for future in [tagged.submit(n) for n in range(3)]]


if __name__ == "__main__":
    result = story()
    with get_client(sync_client=True) as client:
        runs = client.read_flow_runs()
        limits = client._client.post("/v2/concurrency_limits/filter", json={}).json()
    print(
        json.dumps(
            {
                "result": result,
                "states": [run.state.name for run in runs],
                "active_slots": sum(limit["active_slots"] for limit in limits),
            }
        )
    )
