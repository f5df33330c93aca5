"""The flow that workers run in the tests, and a worker that can remove what is left of runs.

`python worker_story.py <pool> <file>` starts such a worker; it writes down what it was told to remove.
"""

import asyncio
import sys
import time

from prefect import flow


@flow(name="worked")
def worked(seconds: float = 0):
    time.sleep(seconds)


async def clean(pool: str, path: str) -> None:
    from prefect.workers.process import ProcessWorker

    class CleaningWorker(ProcessWorker):
        type = "cleaning"

        async def kill_infrastructure(self, infrastructure_pid, configuration, grace_seconds=30):
            with open(path, "a", encoding="utf-8") as file:
                file.write(f"{infrastructure_pid}\n")

    await CleaningWorker(work_pool_name=pool, name="cleaner").start()


if __name__ == "__main__":
    asyncio.run(clean(sys.argv[1], sys.argv[2]))
