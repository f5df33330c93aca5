"""Serves a deployment with the schedule given on the command line until it is told to end."""

import sys
from datetime import timedelta

from prefect import flow


@flow(name="served", log_prints=True)
def served(word: str = "tick"):
    print(f"the word is {word}")


if __name__ == "__main__":
    kind, value = sys.argv[1], sys.argv[2]
    schedule = {"cron": value} if kind == "cron" else {"interval": timedelta(seconds=int(value))}
    served.serve(name="by-" + kind, parameters={"word": kind}, tags=["story"], **schedule)
