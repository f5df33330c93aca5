"""Task runs and their states."""

from uuid import UUID

from prefect import flow, task
from prefect.client.schemas.filters import DeploymentFilter, FlowFilter, FlowRunFilter, TaskRunFilter
from prefect.client.schemas.objects import Constant, Parameter, TaskRunResult
from prefect.client.schemas.sorting import TaskRunSort
from prefect.states import (
    AwaitingRetry,
    Cancelled,
    Completed,
    Failed,
    Pending,
    Running,
    Scheduled,
)

from .common import EARLIER, LATER, NOBODY, names


@flow(name="tasks-flow")
def tasks_flow():
    pass


@task(name="a task", tags=["own"], retries=2, retry_delay_seconds=[1, 2], version="3", task_run_name="x")
def some_task(x):
    return x


@task
def bare_task():
    pass


GIVEN = UUID("0198c0de-0000-7000-8000-000000000001")


def task_runs(teller):
    ask = teller.ask
    ask("read_task_runs")
    run = ask("create_flow_run", tasks_flow, name="run of tasks", show=lambda made: made.name)
    one = ask(
        "create_task_run",
        some_task,
        run.id,
        "0",
        id=GIVEN,
        name="task 1",
        extra_tags=["more"],
        task_inputs={
            "x": [TaskRunResult(id=NOBODY), Parameter(name="p"), Constant(type="int")],
            "nothing": [],
        },
    )
    two = ask("create_task_run", some_task, run.id, "1", name="task 2", state=Scheduled(scheduled_time=LATER))
    three = ask("create_task_run", bare_task, None, "alone", name="task 3", state=Running())
    four = ask("create_task_run", bare_task, run.id, "2", show=lambda made: "-" in made.name)
    ask("create_task_run", some_task, run.id, "0", name="same key", show=lambda made: made.name)
    ask("create_task_run", bare_task, NOBODY, "0", name="of nobody")
    ask("read_task_run", one.id)
    ask("read_task_run", NOBODY)
    ask("read_task_run", "no-id")
    states(ask, one, two, three)
    ask("set_task_run_name", one.id, "task 1 renamed")
    ask("set_task_run_name", one.id, "")
    ask("set_task_run_name", one.id, "task 1")
    ask("set_task_run_name", NOBODY, "x")
    lists(ask, run)
    ask("delete_task_run", four.id)
    ask("delete_task_run", four.id)
    ask("read_task_run_states", four.id)
    ask("delete_flow_run", run.id)
    ask("read_task_run", one.id)
    ask("read_task_run", three.id, show=lambda found: found.name)


def states(ask, one, two, three):
    for state in (Pending(), Running(), Running(), AwaitingRetry(scheduled_time=EARLIER), Running()):
        ask("set_task_run_state", one.id, state)
    ask("set_task_run_state", one.id, Failed(message="once"))
    ask("set_task_run_state", one.id, Running())
    ask("set_task_run_state", one.id, Completed(message="done"))
    ask("set_task_run_state", one.id, Running(), force=True)
    ask("set_task_run_state", one.id, Completed(name="Cached"))
    ask("set_task_run_state", two.id, Running())
    ask("set_task_run_state", two.id, Cancelled())
    ask("set_task_run_state", three.id, Completed())
    ask("set_task_run_state", NOBODY, Completed())
    ask("read_task_run_states", one.id)
    ask("read_task_run_states", NOBODY)
    ask("read_task_run", one.id)


FILTERS = [
    {"id": {"any_": [str(GIVEN)]}},
    {"id": {"any_": []}},
    {"name": {"like_": "TASK"}},
    {"name": {"any_": ["task 1", "none"]}},
    {"tags": {"all_": ["own", "more"]}},
    {"tags": {"is_null_": True}},
    {"state": {"type": {"any_": ["COMPLETED"]}}},
    {"state": {"name": {"any_": ["Cached", "Cancelled"]}}},
    {"state": {"operator": "or_", "type": {"any_": ["SCHEDULED"]}, "name": {"any_": ["Cached"]}}},
    {"start_time": {"is_null_": True}},
    {"start_time": {"before_": LATER.isoformat(), "after_": EARLIER.isoformat()}},
    {"end_time": {"is_null_": False}},
    {"end_time": {"before_": EARLIER.isoformat()}},
    {"subflow_runs": {"exists_": True}},
    {"subflow_runs": {"exists_": False}},
    {"flow_run_id": {"is_null_": True}},
    {"flow_run_id": {"any_": [str(NOBODY)]}},
    {"operator": "or_", "name": {"any_": ["task 1"]}, "flow_run_id": {"is_null_": True}},
    {},
]


def mine(found):
    return sorted(name for name in names(found) if " " in name)


def lists(ask, run):
    for where in FILTERS:
        ask("read_task_runs", task_run_filter=TaskRunFilter.model_validate(where), show=mine)
    told = TaskRunFilter.model_validate({"name": {"like_": "task "}})
    for sort in TaskRunSort:
        is_open = sort.value.startswith(("ID", "END", "NEXT"))
        ask("read_task_runs", task_run_filter=told, sort=sort, show=len if is_open else names)
    ask("read_task_runs", task_run_filter=told, sort=TaskRunSort.NAME_ASC)
    ask("read_task_runs", task_run_filter=told, sort=TaskRunSort.NAME_DESC, limit=1, offset=1, show=names)
    for limits in ({"limit": 201}, {"limit": 0}, {"limit": -1}, {"offset": -1}, {"offset": 99}):
        ask("read_task_runs", **limits)
    of_flow = FlowFilter.model_validate({"name": {"any_": ["tasks-flow"]}})
    ask("read_task_runs", flow_filter=of_flow, show=mine)
    of_run = FlowRunFilter.model_validate({"id": {"any_": [str(run.id)]}})
    ask("read_task_runs", flow_run_filter=of_run, show=mine)
    of_deployment = DeploymentFilter.model_validate({"id": {"any_": [str(NOBODY)]}})
    ask("read_task_runs", deployment_filter=of_deployment, show=mine)
    ask("count_flow_runs", task_run_filter=told)
