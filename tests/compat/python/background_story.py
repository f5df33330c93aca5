"""Background tasks: `delay <file> <first> <count>` sends runs away, `serve` runs them until it is told to end.

Each run writes its number into the file, so that a run that was lost or done twice can be seen there.
"""

import sys
import time

from prefect import task
from prefect.task_worker import serve


@task(name="noted")
def noted(path: str, number: int) -> int:
    with open(path, "a", encoding="utf-8") as file:
        file.write(f"{number}\n")
    time.sleep(0.05)
    return number


if __name__ == "__main__":
    if sys.argv[1] == "delay":
        path, first, count = sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
        for number in range(first, first + count):
            noted.delay(path, number)
    else:
        serve(noted, limit=4)
