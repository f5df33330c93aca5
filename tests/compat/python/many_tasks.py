"""Runs a flow with many tasks and writes down every write that the server acknowledged.

Usage: many_tasks.py TASKS ACKNOWLEDGED_FILE
"""

import json
import sys

import httpx
from prefect import flow, get_run_logger, task

tasks = int(sys.argv[1])
acknowledged = open(sys.argv[2], "a", buffering=1)


def note(response):
    """One line for each write that was answered with success."""
    if response.request.method != "POST" or not response.is_success:
        return
    path = response.request.url.path
    if path.endswith("/flow_runs/"):
        line = {"flow_run": response.json()["id"]}
    elif path.endswith("/set_state"):
        answer = response.json()
        if answer["status"] != "ACCEPT":
            return
        line = {"state": answer["state"]["id"], "name": answer["state"]["name"]}
    elif path.endswith("/logs/"):
        line = {"logs": len(json.loads(response.request.content))}
    else:
        return
    acknowledged.write(json.dumps(line) + "\n")


def watch(client_class):
    """Passes every answer of a client class on to `note`."""
    plain_send = client_class.send

    def send(self, *args, **kwargs):
        response = plain_send(self, *args, **kwargs)
        note(response)
        return response

    async def send_async(self, *args, **kwargs):
        response = await plain_send(self, *args, **kwargs)
        note(response)
        return response

    client_class.send = send_async if client_class is httpx.AsyncClient else send


@task
def number(n):
    get_run_logger().info("task %s", n)
    return n


@flow(name="many-tasks")
def many():
    return sum(future.result() for future in [number.submit(n) for n in range(tasks)])


if __name__ == "__main__":
    watch(httpx.Client)
    watch(httpx.AsyncClient)
    assert many() == sum(range(tasks))
