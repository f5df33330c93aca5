"""Asks a client for things and keeps what it answered, without what differs from one play to the next."""

import dataclasses
import enum
import json
import re
import time
from datetime import date, datetime, timedelta, timezone
from uuid import UUID

import httpx
from pydantic import BaseModel

MEASURED = {
    "total_run_time",
    "estimated_run_time",
    "estimated_start_time_delta",
    "total_task_run_count",
    "avg_slot_occupancy_seconds",
    "late_runs_count",
    "delay_seconds",
}

UUIDS = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
INSTANT = re.compile(r"^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)?$")
HOUR = timedelta(hours=1)


class Plain:
    """Makes answers of two servers comparable: ids by first appearance, what is now as such."""

    def __init__(self, server: str):
        self.server = server
        self.ids = {}

    def name_of(self, found):
        return self.ids.setdefault(found.group(0), f"#{len(self.ids) + 1}")

    def instant(self, value: datetime):
        at = value if value.tzinfo else value.replace(tzinfo=timezone.utc)
        if abs(at - datetime.now(timezone.utc)) < HOUR:
            return "<now>"
        return at.astimezone(timezone.utc).isoformat()

    def named(self, value: str):
        return UUIDS.sub(self.name_of, value.replace(self.server, "<server>"))

    def text(self, value: str):
        if INSTANT.match(value):
            return self.instant(datetime.fromisoformat(value.replace("Z", "+00:00")))
        value = self.named(value)
        if len(value) > 400:
            return f"{value[:20]}... ({len(value)})"
        return re.sub(r"https://\S*/v/", "<link>/v/", value)

    def of(self, value, key=None):
        if key in MEASURED and value is not None:
            return "<measured>"
        if key == "tags" and isinstance(value, list):
            return sorted(value)
        if isinstance(value, bool) or value is None or isinstance(value, (int, float)):
            return value
        if isinstance(value, enum.Enum):
            return self.of(value.value)
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, UUID):
            return self.text(str(value))
        if isinstance(value, (datetime, date)):
            return self.instant(value) if isinstance(value, datetime) else value.isoformat()
        if isinstance(value, timedelta):
            return value.total_seconds()
        if isinstance(value, httpx.Response):
            return {"status": value.status_code, "body": self.of(body_of(value))}
        if isinstance(value, BaseModel):
            return self.of(value.model_dump(mode="json"))
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            return self.of(dataclasses.asdict(value))
        if isinstance(value, dict):
            return {self.text(str(name)): self.of(value[name], name) for name in sorted(value, key=str)}
        if isinstance(value, (set, frozenset)):
            return sorted((self.of(each) for each in value), key=json.dumps)
        if isinstance(value, (list, tuple)):
            return [self.of(each) for each in value]
        if isinstance(value, BaseException):
            return self.error(value)
        return type(value).__name__

    def error(self, error):
        answer = getattr(error, "response", None) or getattr(
            getattr(error, "http_exc", None), "response", None
        )
        told = {"raised": type(error).__name__}
        if isinstance(answer, httpx.Response):
            told |= {"status": answer.status_code, "body": self.of(body_of(answer))}
        elif str(error):
            told["message"] = self.named(str(error).split("\n")[0])[:200]
        return told


def body_of(answer: httpx.Response):
    try:
        return answer.json()
    except ValueError:
        return answer.text


class Teller:
    """Calls methods of one client by name and remembers, by chapter, method and number, how each answered."""

    def __init__(self, client, wait, server: str):
        self.client = client
        self.wait = wait
        self.plain = Plain(server)
        self.told = {}
        self.asked = set()
        self.chapter = ""
        self.counts = {}

    def begin(self, chapter: str):
        self.chapter = chapter
        self.counts = {}

    def label(self, name: str):
        self.counts[name] = self.counts.get(name, 0) + 1
        return f"{self.chapter}: {name} {self.counts[name]}"

    def ask(self, method: str, *args, by=None, until=None, show=None, **kwargs):
        """The answer of a method, or None if it raised.

        `by` sorts an answer whose order is left open; `until` asks again, for a while, until it is true of the answer;
        `show` picks what of the answer is compared.
        """
        self.asked.add(method)
        label = self.label(method)
        try:
            answer = self.once(method, args, kwargs)
            end = time.monotonic() + 20
            while until is not None and not until(answer) and time.monotonic() < end:
                time.sleep(0.1)
                answer = self.once(method, args, kwargs)
        except Exception as error:
            self.told[label] = self.plain.error(error)
            return None
        shown = sorted(answer, key=by) if by else answer
        self.told[label] = self.plain.of(show(shown) if show else shown)
        return answer

    def once(self, method, args, kwargs):
        return self.wait(getattr(self.client, method)(*args, **kwargs))

    def note(self, name: str, value):
        """Keeps something that was worked out, under a label of its own."""
        self.told[self.label(name)] = self.plain.of(value)
