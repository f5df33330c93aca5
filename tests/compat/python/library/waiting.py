"""Pausing for input, suspending, and input sent from one run to another."""

import threading

from prefect import flow
from prefect.client.orchestration import get_client
from prefect.flow_runs import pause_flow_run, resume_flow_run, suspend_flow_run
from prefect.input import RunInput, receive_input, send_input
from prefect.runtime import flow_run
from prefect.states import Running

from .story import history, state_of, until


class Answer(RunInput):
    colour: str
    count: int = 1


class Question(RunInput):
    text: str


seen = {}


@flow(name="library-pauses")
def pauses(kind):
    seen["id"] = flow_run.id
    if kind == "plain":
        return pause_flow_run(timeout=60, poll_interval=1)
    asked = {"class": Answer, "text": str, "number": int}.get(kind)
    if kind == "initial":
        asked = Answer.with_initial_data(description="What **colour**?", colour="blue")
    got = pause_flow_run(wait_for_input=asked, timeout=60, poll_interval=1, key=f"key-{kind}")
    return got.model_dump() if isinstance(got, RunInput) else got


@flow(name="library-times-out")
def times_out():
    return pause_flow_run(timeout=1, poll_interval=1)


@flow(name="library-receives")
def receives():
    seen["receiver"] = flow_run.id
    told = []
    for got in Question.receive(timeout=20, poll_interval=1):
        told.append([got.text, got.metadata.sender is not None])
        got.respond(Answer(colour="green"))
        break
    for got in receive_input(int, timeout=20, poll_interval=1):
        told.append(got)
        break
    for got in receive_input(str, timeout=0, poll_interval=1):
        told.append(got)
    return told


@flow(name="library-sends")
def sends(receiver):
    Question(text="which?").send_to(receiver)
    send_input(42, receiver)
    return [got.model_dump() for got in first(Answer.receive(timeout=20, poll_interval=1))]


def first(received):
    for got in received:
        return [got]
    return []


def resume_when_paused(given):
    with get_client(sync_client=True) as client:
        run_id = until(lambda: seen.get("id"), bool)
        state = until(lambda: client.read_flow_run(run_id).state, lambda state: state.is_paused())
        seen["asked"] = state.state_details.run_input_keyset
        outcome = client.resume_flow_run(run_id, run_input=given.get("wrong"))
        seen["refused"] = [outcome.status.value, getattr(outcome.details, "reason", None)]
        if "wrong" in given:
            client.resume_flow_run(run_id, run_input=given["right"])


def paused(kind, given):
    seen.clear()
    thread = threading.Thread(target=resume_when_paused, args=[given])
    thread.start()
    state = pauses(kind, return_state=True)
    thread.join()
    with get_client(sync_client=True) as client:
        run = client.read_flow_run(seen["id"])
        went = history(client, run)
        inputs = client.filter_flow_run_input(run.id, "", 50, set())
    kept = sorted(each.key.rsplit("-", 1)[-1] for each in inputs)
    return [state.name, state.result(raise_on_failure=False), seen.get("asked"), seen.get("refused"), went, kept]


def exchanged():
    seen.clear()
    told = []
    thread = threading.Thread(target=lambda: told.append(receives()))
    thread.start()
    answer = sends(until(lambda: seen.get("receiver"), bool))
    thread.join()
    return [answer, *told]


def waiting(story, client):
    do = story.attempt
    do("plain", lambda: paused("plain", {}))
    right = {"colour": "red", "count": 4}
    do("class", lambda: paused("class", {"wrong": {"colour": 5}, "right": right}))
    do("initial", lambda: paused("initial", {"wrong": {}, "right": right}))
    do("text", lambda: paused("text", {"wrong": {"value": 3}, "right": {"value": "yes"}}))
    # Whether the server or the run itself is the first to say so is left to chance.
    do("times out", lambda: state_of(times_out(return_state=True))[:2])
    do("exchange", exchanged)
    do("pause outside", lambda: pause_flow_run(timeout=5))
    suspending(story, client)


def suspending(story, client):
    do = story.attempt
    flow_id = client.create_flow_from_name("library-suspends")
    run = client.create_flow_run_from_deployment(client.create_deployment(flow_id, "library"), name="hangs")
    client.set_flow_run_state(run.id, Running())
    do("suspend from outside", lambda: suspend_flow_run(flow_run_id=run.id, timeout=100))
    do("suspended", lambda: state_of(client.read_flow_run(run.id).state))
    do("suspend twice", lambda: suspend_flow_run(flow_run_id=run.id))
    do("resume", lambda: resume_flow_run(run.id))
    do("resumed", lambda: state_of(client.read_flow_run(run.id).state))
    do("resume twice", lambda: resume_flow_run(run.id))
    do("history", lambda: history(client, run))
    free = client.create_flow_run(pauses, name="free", parameters={"kind": "x"}, state=Running())
    do("suspend one without deployment", lambda: suspend_flow_run(flow_run_id=free.id))
