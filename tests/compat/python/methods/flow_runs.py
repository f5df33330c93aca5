"""Flow runs, their states and inputs."""


from prefect import flow
from prefect.client.schemas.filters import FlowRunFilter, FlowFilter, TaskRunFilter
from prefect.client.schemas.objects import FlowRunPolicy
from prefect.client.schemas.sorting import FlowRunSort
from prefect.states import (
    AwaitingRetry,
    Cancelled,
    Cancelling,
    Completed,
    Crashed,
    Failed,
    Paused,
    Pending,
    Running,
    Scheduled,
    Suspended,
)

from .common import EARLIER, LATER, NOBODY, names


@flow(name="runs-flow", version="1", retries=2, retry_delay_seconds=3)
def runs_flow(x: int = 1, y: str = "a"):
    return x


def flow_runs(teller):
    ask = teller.ask
    ask("read_flow_runs")
    ask("count_flow_runs")
    one = ask(
        "create_flow_run",
        runs_flow,
        name="run 1",
        parameters={"x": 3, "y": "z"},
        context={"c": 1},
        tags=["t2", "t1"],
        job_variables={"env": {"A": "b"}},
    )
    two = ask("create_flow_run", runs_flow, name="run 2", state=Scheduled(scheduled_time=LATER))
    three = ask("create_flow_run", runs_flow, name="run 3", parameters={}, state=Running())
    four = ask("create_flow_run", runs_flow, show=lambda run: "-" in run.name)
    ask("create_flow_run", runs_flow, name="run 5", work_pool_name="no-pool")
    ask("create_flow_run", runs_flow, name="run 6", parent_task_run_id=NOBODY)
    five = ask("create_flow_run", runs_flow, name="", tags=[], show=lambda run: bool(run.name))
    ask("read_flow_run", one.id)
    ask("read_flow_run", NOBODY)
    ask("read_flow_run", "no-id")
    states(ask, one, two, three)
    update(ask, one)
    inputs(ask, one)
    lists(ask, one)
    for run in (four, five):
        ask("delete_flow_run", run.id)
    ask("delete_flow_run", four.id)
    ask("read_flow_run_states", four.id)


def states(ask, one, two, three):
    for state in (Pending(), Running(), Running(), Pending()):
        ask("set_flow_run_state", one.id, state)
    ask("set_flow_run_state", one.id, Pending(), force=True)
    ask("set_flow_run_state", two.id, Running())
    ask("set_flow_run_state", two.id, Scheduled(scheduled_time=EARLIER, name="Late"))
    ask("set_flow_run_state", two.id, Pending(message="taken"))
    ask("set_flow_run_state", two.id, Paused(timeout_seconds=300))
    ask("set_flow_run_state", two.id, Running())
    ask("set_flow_run_state", two.id, Paused(reschedule=True, pause_expiration_time=LATER, pause_key="k"))
    ask("set_flow_run_state", two.id, Running())
    ask("resume_flow_run", two.id)
    ask("resume_flow_run", two.id)
    ask("resume_flow_run", NOBODY)
    ask("set_flow_run_state", three.id, Suspended(timeout_seconds=100))
    ask("resume_flow_run", three.id, run_input={"some": "value"})
    ask("set_flow_run_state", three.id, Running())
    ask("set_flow_run_state", three.id, Failed(message="no"))
    ask("set_flow_run_state", three.id, AwaitingRetry(scheduled_time=LATER))
    ask("set_flow_run_state", three.id, Cancelling())
    ask("set_flow_run_state", three.id, Cancelled(message="enough"))
    ask("set_flow_run_state", three.id, Running())
    ask("set_flow_run_state", three.id, Crashed(message="over"))
    ask("set_flow_run_state", NOBODY, Completed())
    ask("set_flow_run_state", "no-id", Completed())
    ask("set_flow_run_state", str(one.id), Completed(message="done", data={"an": "answer"}))
    ask("read_flow_run_states", one.id)
    last = ask("read_flow_run_states", two.id, show=lambda found: [state.name for state in found])
    ask("read_flow_run_state", last[0].id)
    ask("read_flow_run_state", NOBODY)
    ask("read_flow_run_states", NOBODY)
    ask("read_flow_run", three.id)


def update(ask, one):
    ask("set_flow_run_name", one.id, "run 1 renamed")
    ask("set_flow_run_name", one.id, "")
    ask("set_flow_run_name", NOBODY, "x")
    ask("update_flow_run", one.id, flow_version="2", parameters={"n": [1]}, tags=["u", "u", "v"])
    ask("update_flow_run", one.id, name="run 1", infrastructure_pid="host:12", job_variables={"q": 1})
    ask("update_flow_run", one.id, empirical_policy=FlowRunPolicy(retries=4, retry_delay=2))
    ask("update_flow_run", one.id)
    ask("update_flow_run", NOBODY, name="x")
    ask("update_flow_run_labels", one.id, {"a": "b", "n": 1, "f": 1.5, "yes": True})
    ask("update_flow_run_labels", one.id, {"a": "c"})
    ask("update_flow_run_labels", one.id, {})
    ask("update_flow_run_labels", NOBODY, {"a": "b"})
    ask("set_flow_run_name", one.id, "run 1")
    ask("read_flow_run", one.id)


def inputs(ask, one):
    for key in ("plain", "in-1", "in-2", "in-3"):
        ask("create_flow_run_input", one.id, key, '{"v": 1}', sender=f"prefect.flow-run.{NOBODY}")
    ask("create_flow_run_input", one.id, "plain", "twice")
    ask("create_flow_run_input", one.id, "not ok!", "x")
    ask("create_flow_run_input", NOBODY, "plain", "x")
    ask("create_flow_run_input", one.id, "empty", "", sender="not a sender")
    ask("read_flow_run_input", one.id, "plain")
    ask("read_flow_run_input", one.id, "none")
    ask("read_flow_run_input", NOBODY, "plain")
    ask("filter_flow_run_input", one.id, "in-", 2, set())
    ask("filter_flow_run_input", one.id, "in-", 10, {"in-2"})
    ask("filter_flow_run_input", one.id, "", 10, set(), show=len)
    ask("filter_flow_run_input", one.id, "in-", 0, set())
    ask("filter_flow_run_input", one.id, "in-", -1, set())
    ask("filter_flow_run_input", NOBODY, "in-", 10, set())
    ask("delete_flow_run_input", one.id, "plain")
    ask("delete_flow_run_input", one.id, "plain")
    ask("read_flow_run_input", one.id, "plain")


FILTERS = [
    {"id": {"any_": []}},
    {"id": {"not_any_": [str(NOBODY)]}},
    {"name": {"like_": "RUN"}},
    {"name": {"any_": ["run 1", "none"]}},
    {"tags": {"all_": ["u", "v"]}},
    {"tags": {"any_": ["u", "none"]}},
    {"tags": {"is_null_": True}},
    {"deployment_id": {"is_null_": True}},
    {"deployment_id": {"any_": [str(NOBODY)]}},
    {"work_queue_name": {"is_null_": True}},
    {"work_queue_name": {"any_": ["none"]}},
    {"state": {"type": {"any_": ["COMPLETED"]}}},
    {"state": {"type": {"not_any_": ["COMPLETED"]}}},
    {"state": {"name": {"any_": ["Crashed", "Cancelled"]}}},
    {"state": {"name": {"not_any_": ["Crashed", "Cancelled"]}}},
    {"state": {"operator": "or_", "type": {"any_": ["COMPLETED"]}, "name": {"any_": ["Cancelled"]}}},
    {"flow_version": {"any_": ["2"]}},
    {"start_time": {"is_null_": True}},
    {"start_time": {"before_": LATER.isoformat(), "after_": EARLIER.isoformat()}},
    {"end_time": {"is_null_": False}},
    {"expected_start_time": {"before_": EARLIER.isoformat()}},
    {"expected_start_time": {"after_": EARLIER.isoformat()}},
    {"next_scheduled_start_time": {"after_": EARLIER.isoformat()}},
    {"parent_flow_run_id": {"any_": [str(NOBODY)]}},
    {"parent_task_run_id": {"is_null_": True}},
    {"idempotency_key": {"any_": ["k"]}},
    {"idempotency_key": {"not_any_": ["k"]}},
    {"created_by": {"is_null_": True}},
    {"created_by": {"type_": ["SCHEDULE"]}},
    {"operator": "or_", "name": {"any_": ["run 2"]}, "flow_version": {"any_": ["2"]}},
    {},
]


def sorted_names(found):
    return sorted(name for name in names(found) if " " in name)


def lists(ask, one):
    for where in FILTERS:
        wanted = FlowRunFilter.model_validate(where)
        ask("read_flow_runs", flow_run_filter=wanted, show=sorted_names)
        ask("count_flow_runs", flow_run_filter=wanted)
    mine = FlowRunFilter.model_validate({"name": {"like_": "run "}})
    for sort in FlowRunSort:
        # Databases do not agree where runs without a time stand.
        is_open = sort.value.startswith(("ID", "START", "END", "NEXT"))
        ask("read_flow_runs", flow_run_filter=mine, sort=sort, show=len if is_open else names)
    ask("read_flow_runs", flow_run_filter=mine, sort=FlowRunSort.NAME_ASC)
    ask("read_flow_runs", flow_run_filter=mine, sort=FlowRunSort.NAME_ASC, limit=1, offset=1, show=names)
    ask("read_flow_runs", limit=201)
    ask("read_flow_runs", limit=-1)
    ask("read_flow_runs", limit=0)
    ask("read_flow_runs", offset=-1)
    ask("read_flow_runs", offset=100)
    ask("read_flow_runs", flow_filter=FlowFilter.model_validate({"name": {"any_": ["none"]}}))
    ask("count_flow_runs", flow_filter=FlowFilter.model_validate({"name": {"any_": ["runs-flow"]}}))
    ask("read_flow_runs", task_run_filter=TaskRunFilter())
    ask("count_flow_runs", task_run_filter=TaskRunFilter())
