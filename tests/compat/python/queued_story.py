"""The flow of the proofs of workers: it writes down that it was executed."""

import os
import time

from prefect import flow
from prefect.runtime import flow_run


@flow(name="queued")
def queued(path: str, seconds: float = 0):
    with open(path, "a", encoding="utf-8") as file:
        file.write(f"{flow_run.id} {os.getpid()} {time.time()}\n")
    time.sleep(seconds)
