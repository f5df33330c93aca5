"""Logs and events."""

from datetime import timedelta

from prefect.client.schemas.actions import LogCreate
from prefect.client.schemas.filters import LogFilter
from prefect.client.schemas.sorting import LogSort
from prefect.events.filters import EventFilter, EventNameFilter, EventOccurredFilter, EventOrder

from .common import EARLIER, LATER, NOBODY

RUN = "0198c0de-0000-7000-8000-00000000000a"
TASK = "0198c0de-0000-7000-8000-00000000000b"


def line(index, **more):
    return LogCreate(
        name=f"logger.{index % 2}",
        level=10 * (index + 1),
        message=f"line {index} about {'apples' if index % 2 else 'pears'}",
        timestamp=EARLIER + timedelta(seconds=index),
        flow_run_id=RUN,
        **more,
    )


def messages(found):
    return [log.message for log in found]


FILTERS = [
    {"flow_run_id": {"any_": [RUN]}},
    {"flow_run_id": {"any_": [str(NOBODY)]}},
    {"task_run_id": {"any_": [TASK]}},
    {"level": {"ge_": 20, "le_": 30}},
    {"level": {"le_": 20}},
    {"timestamp": {"after_": (EARLIER + timedelta(seconds=1)).isoformat()}},
    {"timestamp": {"before_": (EARLIER + timedelta(seconds=1)).isoformat()}},
    {"text": {"query": "apples"}},
    {"text": {"query": "apples -3"}},
    {"text": {"query": '"line 2"'}},
    {"text": {"query": ""}},
    {"operator": "or_", "level": {"ge_": 50}, "task_run_id": {"any_": [TASK]}},
    {},
]


def logs_and_events(teller):
    logs(teller.ask)
    events(teller.ask)


def logs(ask):
    ask("read_logs")
    ask("create_logs", [])
    ask("create_logs", [line(index) for index in range(4)])
    ask("create_logs", [line(4, task_run_id=TASK).model_dump(mode="json"), {"name": "incomplete"}])
    ask("create_logs", [line(4, task_run_id=TASK).model_dump(mode="json")])
    ask("create_logs", [{"name": "n", "level": "high", "message": 1, "timestamp": "now"}])
    whole = LogFilter.model_validate(FILTERS[0])
    ask("read_logs", log_filter=whole, sort=LogSort.TIMESTAMP_ASC, until=lambda found: len(found) == 5)
    for where in FILTERS:
        found = {"log_filter": LogFilter.model_validate(where), "sort": LogSort.TIMESTAMP_DESC}
        ask("read_logs", **found, show=messages)
    ask("read_logs", log_filter=whole, limit=2, offset=1, sort=LogSort.TIMESTAMP_ASC, show=messages)
    for limits in ({"limit": 201}, {"limit": 0}, {"limit": -1}, {"offset": -1}, {"offset": 99}):
        ask("read_logs", log_filter=whole, **limits)


def events(ask):
    def of(*event_names, **more):
        return EventFilter(event=EventNameFilter(**more, name=list(event_names)), order=EventOrder.ASC)

    def told(page):
        return [page.total, [event.event for event in page.events]]

    pending = of("prefect.flow-run.Pending")
    ask("read_events", pending, until=lambda page: page.total > 0, show=lambda page: page.total)
    ask("read_events", of("prefect.flow-run.Cancelled"), until=lambda page: page.total > 0)
    ask("read_events", of("no.such.event"))
    ask("read_events", of(prefix=["prefect.task-run."]), show=lambda page: page.total > 3)
    ask("read_events", of("prefect.flow-run.Running"), limit=1, show=lambda page: len(page.events))
    running = of("prefect.flow-run.Running")
    page = ask("read_events", running, limit=2, show=told)
    while page is not None and page.next_page:
        page = ask("read_events_page", str(page.next_page), show=told)
    ask("read_events", pending, limit=0, show=told)
    ask("read_events", pending, limit=-1)
    ask("read_events", pending, limit=51, show=lambda page: page.total)
    ask("read_events", pending, limit=1000)
    past = EventFilter(occurred=EventOccurredFilter(since=EARLIER, until=EARLIER + timedelta(days=1)))
    ask("read_events", past)
    ask("read_events", show=lambda page: page.total > 20)
    ask("read_events_page", "/events/filter/next?page-token=nonsense")
