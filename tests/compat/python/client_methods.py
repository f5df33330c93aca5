"""Calls every public method of Prefect's client and prints, as JSON, what came of it: python client_methods.py sync|async."""

import asyncio
import inspect
import json
import logging
import os
import sys
from contextlib import redirect_stdout
from pathlib import Path

from prefect.client.orchestration import PrefectClient, SyncPrefectClient, get_client

from methods.artifacts import artifacts
from methods.automations import automations
from methods.blocks import blocks
from methods.concurrency import concurrency
from methods.deployments import deployments
from methods.flow_runs import flow_runs
from methods.flows import flows
from methods.logs_and_events import logs_and_events
from methods.server import server
from methods.task_runs import task_runs
from methods.teller import Teller
from methods.variables import variables
from methods.work import work

CHAPTERS = [
    server,
    variables,
    flows,
    flow_runs,
    task_runs,
    logs_and_events,
    artifacts,
    blocks,
    work,
    deployments,
    concurrency,
    automations,
]


def public_methods(kind):
    return {name for name, value in inspect.getmembers(kind, callable) if not name.startswith("_")}


def play(teller):
    for chapter in CHAPTERS:
        teller.begin(chapter.__name__)
        try:
            chapter(teller)
        except Exception as error:
            teller.note("the chapter broke off", repr(error))


def tell(kind, teller):
    left = sorted(public_methods(kind) - teller.asked)
    return {"told": teller.told, "methods": len(public_methods(kind)), "never asked": left}


def play_sync(server_url):
    with get_client(sync_client=True) as client:
        teller = Teller(client, lambda answer: answer, server_url)
        play(teller)
        return tell(SyncPrefectClient, teller)


def play_async(server_url):
    loop = asyncio.new_event_loop()

    def wait(answer):
        return loop.run_until_complete(answer) if inspect.isawaitable(answer) else answer

    client = get_client()
    wait(client.__aenter__())
    teller = Teller(client, wait, server_url)
    play(teller)
    wait(client.__aexit__(None, None, None))
    loop.close()
    return tell(PrefectClient, teller)


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    server_url = os.environ["PREFECT_API_URL"].removesuffix("/api")
    with redirect_stdout(sys.stderr):
        story = play_sync(server_url) if sys.argv[1] == "sync" else play_async(server_url)
    print(json.dumps(story))
