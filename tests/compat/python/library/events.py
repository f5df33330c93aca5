"""Events that are sent and heard, and automations."""

import asyncio
from datetime import timedelta
from uuid import uuid4

from prefect import flow
from prefect.automations import Automation
from prefect.events import DeploymentEventTrigger, EventTrigger, emit_event
from prefect.events.actions import CancelFlowRun, DoNothing
from prefect.events.clients import get_events_client, get_events_subscriber
from prefect.events.filters import EventFilter, EventNameFilter, EventOccurredFilter
from prefect.events.schemas.events import Event, RelatedResource, Resource
from prefect.events.worker import EventsWorker
from prefect.types._datetime import now

from .story import until


def of(name):
    return EventFilter(event=EventNameFilter(name=[name]))


async def sent_and_heard():
    wanted = EventFilter(
        event=EventNameFilter(prefix=["library.heard."]), occurred=EventOccurredFilter(since=now("UTC"))
    )
    heard = []
    async with get_events_subscriber(filter=wanted) as subscriber, get_events_client() as sender:
        for name in ("library.heard.one", "library.missed", "library.heard.two"):
            await sender.emit(event_of(name))
        async for event in subscriber:
            heard.append(event)
            if len(heard) == 2:
                return heard


def event_of(name):
    return Event(
        event=name,
        resource=Resource({"prefect.resource.id": "library.thing", "colour": "blue"}),
        related=[RelatedResource({"prefect.resource.id": "library.other", "prefect.resource.role": "friend"})],
        payload={"n": [1, {"a": None}], "text": "ü"},
        id=uuid4(),
    )


@flow(name="library-emits")
def emits():
    emit_event(event="library.in-a-flow", resource={"prefect.resource.id": "library.flow"}, payload={"x": 1})


def shown(event):
    """What was sent; the client adds the run that it is in, or was in a moment ago."""
    told = [event.event, dict(event.resource), event.payload, event.follows is not None]
    roles = {each.role for each in event.related}
    return [*told, sorted(roles - {"flow", "flow-run"})]


def events(story, client):
    do = story.attempt
    do("sent and heard", sent_and_heard)
    first = do("emit", lambda: emit_event(event="library.first", resource={"prefect.resource.id": "library.a"}))
    do("emit after", lambda: emit_event(
        event="library.second",
        resource={"prefect.resource.id": "library.a"},
        related=[{"prefect.resource.id": "library.b", "prefect.resource.role": "r"}],
        payload={"why": "because"},
        follows=first,
    ))
    do("without id", lambda: emit_event(event="library.none", resource={"name": "x"}))
    emits()
    EventsWorker.instance().drain()
    for name in ("library.second", "library.in-a-flow", "library.missed"):
        page = until(lambda: client.read_events(of(name), limit=50), lambda page: page.total > 0)
        do(f"read {name}", lambda: [shown(event) for event in page.events])
    automations(story, client)


def automations(story, client):
    do = story.attempt
    trigger = EventTrigger(expect={"library.never"}, match={"prefect.resource.id": "x"}, posture="Reactive", threshold=3)
    made = do("create", lambda: Automation(name="library-auto", trigger=trigger, actions=[DoNothing()]).create())
    do("read by name", lambda: Automation.read(name="library-auto"))
    do("read by id", lambda: Automation.read(id=made.id), show=lambda found: found.name)
    do("read none", lambda: Automation.read(name="library-none"))
    do("read no id", lambda: Automation.read(id=uuid4()), show=lambda found: found)
    do("read nothing", lambda: Automation.read())
    do("disable", made.disable)
    do("disabled", lambda: Automation.read(id=made.id).enabled)
    do("enable", made.enable)
    do("enabled", lambda: Automation.read(id=made.id).enabled)
    made.name = "library-renamed"
    made.actions = [CancelFlowRun()]
    do("update", made.update)
    do("updated", lambda: Automation.aread(name="library-renamed"))
    deployment = DeploymentEventTrigger(expect={"prefect.flow-run.Completed"}, within=timedelta(seconds=5))
    do("of a deployment", lambda: deployment.posture)
    do("delete", made.delete)
    do("delete twice", made.delete)
    do("read deleted", lambda: Automation.read(id=made.id))
