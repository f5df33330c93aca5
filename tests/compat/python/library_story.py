"""Does with the library what users do without a client, and prints as JSON what came of it: python library_story.py [chapter ...]."""

import json
import logging
import os
import sys
import time
import traceback
from contextlib import redirect_stdout
from pathlib import Path

from library.quick import make_quick

HOME = Path(os.environ["PREFECT_HOME"])
make_quick(HOME)

from prefect.client.orchestration import get_client
from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings

from library.artifacts import artifacts
from library.background import background
from library.blocks import blocks
from library.caching import caching
from library.deploying import deploying
from library.events import events
from library.runs import runs
from library.slots import slots
from library.story import Story
from library.variables import variables
from library.waiting import waiting

CHAPTERS = [variables, blocks, artifacts, slots, caching, runs, waiting, events, background, deploying]


def play(story, names):
    with get_client(sync_client=True) as client:
        for chapter in CHAPTERS:
            if names and chapter.__name__ not in names:
                continue
            story.begin(chapter.__name__)
            started = time.monotonic()
            try:
                chapter(story, client)
            except Exception as error:
                story.tell("it broke off", traceback.format_exception(error))
            print(chapter.__name__, round(time.monotonic() - started, 1), "s")
    return story.told


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    server = os.environ["PREFECT_API_URL"].removesuffix("/api")
    folder = HOME / "story"
    folder.mkdir(parents=True)
    # A flow that has ended waits a second for its heart.
    still = temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None})
    with redirect_stdout(sys.stderr), still:
        told = play(Story(server, folder), sys.argv[1:])
    print(json.dumps({"told": told}))
