"""Flows that wait, fail and never end; each writes down how far it came."""

import os
import time

from prefect import flow
from prefect.flow_runs import pause_flow_run, suspend_flow_run
from prefect.input import RunInput


class Answer(RunInput):
    colour: str


def note(path: str, line: str) -> None:
    with open(path, "a", encoding="utf-8") as file:
        file.write(line + "\n")


def is_first(path: str) -> bool:
    return not os.path.exists(path)


@flow(name="pausing")
def pausing(path: str):
    note(path, "asks")
    note(path, pause_flow_run(wait_for_input=Answer, timeout=300, poll_interval=1).colour)


@flow(name="suspending")
def suspending(path: str):
    note(path, "asks")
    note(path, suspend_flow_run(wait_for_input=Answer, timeout=300).colour)


@flow(name="retrying", retries=1, retry_delay_seconds=0)
def retrying(path: str):
    first = is_first(path)
    note(path, str(os.getpid()))
    if first:
        raise ValueError("not yet")


@flow(name="failing")
def failing(path: str):
    first = is_first(path)
    note(path, str(os.getpid()))
    if first:
        raise ValueError("not yet")


@flow(name="endless")
def endless(path: str):
    note(path, str(os.getpid()))
    time.sleep(600)
