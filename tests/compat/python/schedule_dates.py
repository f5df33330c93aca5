"""Reads schedules as lines of JSON and prints what the real library makes of each: its dates, or why it refuses it."""

import asyncio
import datetime
import json
import signal
import sys

from prefect.server.schemas.schedules import SCHEDULE_TYPES
from pydantic import TypeAdapter, ValidationError

SECONDS_TO_SEARCH = 1
schedules = TypeAdapter(SCHEDULE_TYPES)


class Endless(BaseException):
    pass


def give_up(*_):
    raise Endless


def parsed(text):
    return None if text is None else datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def dates_of(asked):
    try:
        schedule = schedules.validate_python(asked["schedule"])
    except ValidationError as error:
        return {"refused": [[list(map(str, one["loc"])), one["msg"]] for one in error.errors()]}
    except Exception as error:
        return {"broken": f"{type(error).__name__}: {error}"}
    window = {"n": asked["n"], "start": parsed(asked["start"]), "end": parsed(asked["end"])}
    try:
        dates = asyncio.run(schedule.get_dates(**window))
    except Exception as error:
        return {"failed": f"{type(error).__name__}: {error}"}
    return {"dates": [date.isoformat() for date in dates]}


signal.signal(signal.SIGALRM, give_up)
for line in sys.stdin:
    signal.alarm(SECONDS_TO_SEARCH)
    try:
        answer = dates_of(json.loads(line))
    except Endless:
        answer = {"endless": True}
    finally:
        signal.alarm(0)
    print(json.dumps(answer), flush=True)
