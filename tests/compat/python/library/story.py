"""What the chapters tell of the library, in a form that does not differ from one play to the next."""

import asyncio
import inspect
import re
import time

from methods.teller import Plain
from prefect.exceptions import PrefectSignal

DRAWN = re.compile(r"\b[a-z]+-[a-z]+\b(?=')|(?<=-)[0-9a-f]{3}\b")


class Story:
    """Keeps what came of each thing that was done, under the chapter and a name."""

    def __init__(self, server: str, folder):
        self.server = server
        self.folder = folder
        self.told = {}
        self.begin("")

    def begin(self, chapter: str):
        """Each chapter counts ids anew, because it may be played alone."""
        self.chapter = chapter
        self.plain = Plain(self.server)

    def tell(self, name: str, value):
        self.told[f"{self.chapter}: {name}"] = self.plain.of(value)

    def attempt(self, name: str, work, show=None):
        """Does it, waits for it, keeps what came of it or was raised; what came of it, or None."""
        try:
            value = work()
            if inspect.isawaitable(value):
                value = asyncio.run(awaited(value))
        except (Exception, PrefectSignal) as error:
            self.tell(name, error)
            return None
        self.tell(name, show(value) if show else value)
        return value


async def awaited(value):
    return await value


def until(read, accept, seconds=30):
    """What is read, once it is accepted or time is up; events and logs arrive a little late."""
    end = time.monotonic() + seconds
    value = read()
    while not accept(value) and time.monotonic() < end:
        time.sleep(0.1)
        value = read()
    return value


def all_ended(runs, count):
    """Task runs are made of events, which arrive in their own time."""
    return len(runs) == count and all(run.state and run.state.is_final() for run in runs)


def state_of(state):
    return [state.type.value, state.name, plain_message(state.message)]


def plain_message(message):
    return None if message is None else re.sub(r"'[a-z]+-[a-z]+'", "'<name>'", message)


def history(client, run):
    """The names of all states that a run was in."""
    found = client.read_flow_run_states(run.id)
    return [state.name for state in sorted(found, key=lambda state: state.timestamp)]


def task_history(client, run):
    found = client.read_task_run_states(run.id)
    return [state.name for state in sorted(found, key=lambda state: state.timestamp)]
