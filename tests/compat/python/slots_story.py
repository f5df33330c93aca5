"""Takes a slot, keeps it for a moment and gives it back, again and again, until a file says stop.

`python slots_story.py <limit> <notes> <stop> <lease seconds>`; a line of the notes is: enter or leave, pid, time.
"""

import os
import random
import sys
import time

from prefect.concurrency.sync import concurrency


def main(limit: str, notes: str, stop: str, lease_seconds: int) -> None:
    def note(what: str) -> None:
        with open(notes, "a", encoding="utf-8") as file:
            file.write(f"{what} {os.getpid()} {time.time()}\n")

    note("ready")
    while not os.path.exists(stop):
        with concurrency(limit, lease_duration=lease_seconds, strict=True):
            note("enter")
            time.sleep(random.uniform(0.2, 1))
            note("leave")
    note("done")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]))
