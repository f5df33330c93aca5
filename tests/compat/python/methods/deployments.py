"""Deployments, their schedules and runs."""

from datetime import timedelta

from prefect.client.schemas.actions import (
    DeploymentScheduleCreate,
    DeploymentUpdate,
    WorkPoolCreate,
)
from prefect.client.schemas.filters import (
    DeploymentFilter,
    FlowFilter,
    FlowRunFilter,
    WorkPoolFilter,
    WorkQueueFilter,
)
from prefect.client.schemas.objects import ConcurrencyOptions, VersionInfo
from prefect.client.schemas.schedules import CronSchedule, IntervalSchedule, NoSchedule, RRuleSchedule
from prefect.client.schemas.sorting import DeploymentSort, FlowSort
from prefect.states import Running, Scheduled

from .common import EARLIER, LATER, NOBODY, names

SCHEMA = {
    "title": "Parameters",
    "type": "object",
    "properties": {
        "x": {"title": "x", "type": "integer", "position": 0},
        "y": {"title": "y", "type": "string", "default": "d", "position": 1},
    },
    "required": ["x"],
}
CRON = CronSchedule(cron="0 5 * * *", timezone="Europe/Berlin")
INTERVAL = IntervalSchedule(interval=timedelta(hours=2), anchor_date=EARLIER, timezone="UTC")
RRULE = RRuleSchedule(rrule="DTSTART:20010101T000000\nFREQ=DAILY;COUNT=3", timezone="UTC")


def slots(found):
    """What tells one schedule from another, in an order of its own."""
    return sorted(
        (each.model_dump(mode="json", exclude={"id", "created", "updated"}) for each in found), key=str
    )


def deployments(teller):
    ask = teller.ask
    ask("read_deployments")
    ask("create_work_pool", WorkPoolCreate(name="dep-pool", type="process"), show=lambda pool: pool.name)
    flow_id = ask("create_flow_from_name", "dep-flow")
    one, two, three = create(ask, flow_id)
    reads(ask, one)
    schedules(ask, one)
    updates(ask, one)
    paused(ask, one)
    runs(ask, one, two, three)
    lists(ask)
    branches(ask, one)
    ask("delete_deployment", three)
    ask("delete_deployment", three)
    ask("read_deployment", three)
    ask("delete_work_pool", "dep-pool")
    ask("read_deployment", one, show=lambda found: [found.work_pool_name, found.work_queue_name])
    ask("delete_flow", flow_id)
    ask("read_deployment", one)


def create(ask, flow_id):
    def made(name, flow=flow_id, **fields):
        return ask("create_deployment", flow, name, **fields)

    one = made(
        "full",
        version="v1",
        version_info=VersionInfo(type="vcs:git", version="abc", branch="main", url="https://example.org"),
        schedules=[
            DeploymentScheduleCreate(schedule=CRON, slug="daily", parameters={"x": 2}),
            DeploymentScheduleCreate(schedule=INTERVAL, active=False),
        ],
        concurrency_limit=2,
        concurrency_options=ConcurrencyOptions(collision_strategy="CANCEL_NEW"),
        parameters={"x": 1},
        description="A *deployment*",
        work_queue_name="dep-queue",
        work_pool_name="dep-pool",
        tags=["d2", "d1"],
        path="/somewhere",
        entrypoint="a.py:b",
        parameter_openapi_schema=SCHEMA,
        paused=True,
        pull_steps=[{"prefect.deployments.steps.set_working_directory": {"directory": "/x"}}],
        enforce_parameter_schema=True,
        job_variables={"env": {"A": "1"}},
    )
    two = made("bare")
    three = made("free", work_pool_name="dep-pool", parameter_openapi_schema=SCHEMA, enforce_parameter_schema=False)
    made("bare", description="written over", tags=["new"])
    made("no-pool", work_pool_name="none")
    made("no-flow", flow=NOBODY)
    made("", version="1")
    made("with/slash")
    made("wrong-parameters", parameters={"x": "text"}, parameter_openapi_schema=SCHEMA, enforce_parameter_schema=True)
    made("no-parameters", parameter_openapi_schema=SCHEMA, enforce_parameter_schema=True)
    made("wrong-schema", parameter_openapi_schema={"type": "wrong"}, enforce_parameter_schema=True)
    made("wrong-job", work_pool_name="dep-pool", job_variables={"stream_output": "maybe", "env": 5})
    made("zero", concurrency_limit=0)
    made("twice", schedules=[DeploymentScheduleCreate(schedule=CRON, slug="s") for _ in range(2)])
    made("no-storage", storage_document_id=NOBODY)
    made("no-infrastructure", infrastructure_document_id=NOBODY)
    return one, two, three


def reads(ask, one):
    for known in (one, str(one), NOBODY, "no-id"):
        ask("read_deployment", known)
    for name in ("dep-flow/bare", "dep-flow/none", "none/bare", "bare", "a/b/c", ""):
        ask("read_deployment_by_name", name)


def schedules(ask, one):
    ask("read_deployment_schedules", one, show=slots)
    ask("read_deployment_schedules", NOBODY)
    new = ask("create_deployment_schedules", one, [(RRULE, True)])
    ask("create_deployment_schedules", one, [(CRON, False)], max_scheduled_runs=2, parameters={"x": 5}, slug="s-1")
    ask("create_deployment_schedules", one, [(CRON, False)], slug="s-1")
    ask("create_deployment_schedules", one, [DeploymentScheduleCreate(schedule=INTERVAL, slug="s-2")])
    ask("create_deployment_schedules", one, [])
    ask("create_deployment_schedules", one, [(NoSchedule(), True)])
    ask("create_deployment_schedules", NOBODY, [(CRON, True)])
    ask("create_deployment_schedules", one, [(CRON, True)], parameters={"x": "text"}, slug="s-3")
    known = new[0].id if new else NOBODY
    ask("update_deployment_schedule", one, known, active=False)
    ask("update_deployment_schedule", one, known, schedule=CRON)
    ask("update_deployment_schedule", one, known, slug="renamed", parameters={"x": 6}, max_scheduled_runs=1)
    ask("update_deployment_schedule", one, known, slug="s-1")
    ask("update_deployment_schedule", one, known)
    ask("update_deployment_schedule", one, NOBODY, active=True)
    ask("update_deployment_schedule", NOBODY, known, active=True)
    ask("read_deployment_schedules", one, show=slots)
    ask("delete_deployment_schedule", one, known)
    ask("delete_deployment_schedule", one, known)
    ask("delete_deployment_schedule", NOBODY, known)


def updates(ask, one):
    def change(given=one, **fields):
        return ask("update_deployment", given, DeploymentUpdate(**fields))

    change(description="new", tags=["n"], version="v2")
    ask("read_deployment", one)
    change(parameters={"x": 9}, job_variables={"env": {"B": "2"}}, path="/p", entrypoint="c.py:d")
    change(parameters={"x": "text"})
    change(concurrency_limit=5, concurrency_options=ConcurrencyOptions(collision_strategy="ENQUEUE"))
    change(concurrency_limit=None)
    change(schedules=[{"slug": "daily", "active": False}])
    change(schedules=[{"slug": "unknown", "active": False}])
    change(work_pool_name="none")
    change(work_pool_name="dep-pool", work_queue_name="another-queue")
    change(paused=False, enforce_parameter_schema=False)
    change(version_info=VersionInfo(type="t", version="v3"))
    change(pull_steps=[])
    change()
    change(NOBODY, description="x")
    ask("read_deployment", one)


def paused(ask, one):
    for method in ("pause_deployment", "resume_deployment"):
        ask(method, one)
        ask("read_deployment", one, show=lambda found: [found.paused, found.status])
        ask(method, str(one))
        ask(method, NOBODY)
        ask(method, "no-id")
    ask("set_deployment_paused_state", one, True)
    ask("read_deployment", one, show=lambda found: found.paused)
    ask("set_deployment_paused_state", one, False)
    ask("set_deployment_paused_state", NOBODY, True)


def runs(ask, one, two, three):
    def start(given, **fields):
        return ask("create_flow_run_from_deployment", given, **fields)

    start(one, name="drun 1", parameters={"x": 4}, tags=["r"], idempotency_key="key-1", context={"c": 1})
    start(one, name="drun 1 again", parameters={"x": 5}, idempotency_key="key-1")
    start(one, name="drun 2", state=Scheduled(scheduled_time=EARLIER), job_variables={"env": {"C": "3"}})
    start(one, name="drun 3", state=Scheduled(scheduled_time=LATER), labels={"l": "1"}, work_queue_name="dep-queue")
    start(one, name="drun 4", state=Running())
    start(three, name="drun 5", parameters={"x": "text"})
    start(three, name="drun 6", state=Scheduled(scheduled_time=EARLIER), work_queue_name="none")
    start(two, name="drun 7", parent_task_run_id=NOBODY)
    start(two, name="drun 8", job_variables={"anything": True}, parameters={"any": {"__prefect_kind": "none"}})
    start(two, name="drun 9", parameters={"x": {"__prefect_kind": "json", "value": "{\"a\": 1}"}})
    start(NOBODY, name="drun 0")
    due = "get_scheduled_flow_runs_for_deployments"
    ask(due, [one, two, three], show=lambda found: sorted(names(found)))
    ask(due, [one], scheduled_before=LATER, show=lambda found: sorted(names(found)))
    ask(due, [three], scheduled_before=EARLIER)
    ask(due, [one, two], limit=1, show=len)
    ask(due, [one, two], limit=0)
    ask(due, [])
    ask(due, [NOBODY])
    poll = "get_scheduled_flow_runs_for_work_pool"
    ask(poll, "dep-pool", show=lambda found: sorted(each.flow_run.name for each in found))
    ask(poll, "dep-pool", work_queue_names=["dep-queue"], scheduled_before=LATER)
    ask("read_flow_runs", deployment_filter=DeploymentFilter.model_validate({"id": {"any_": [str(two)]}}),
        show=lambda found: sorted(names(found)))


FILTERS = [
    {"name": {"like_": "BA"}},
    {"name": {"any_": ["full", "none"]}},
    {"id": {"any_": []}},
    {"id": {"not_any_": [str(NOBODY)]}},
    {"tags": {"all_": ["n"]}},
    {"tags": {"any_": ["n", "new"]}},
    {"tags": {"is_null_": True}},
    {"work_queue_name": {"any_": ["another-queue", "default"]}},
    {"concurrency_limit": {"is_null_": False}},
    {"operator": "or_", "name": {"any_": ["bare"]}, "tags": {"all_": ["n"]}},
    {},
]


def lists(ask):
    for where in FILTERS:
        wanted = DeploymentFilter.model_validate(where)
        ask("read_deployments", deployment_filter=wanted, sort=DeploymentSort.NAME_ASC, show=names)
    for sort in DeploymentSort:
        ask("read_deployments", sort=sort, show=lambda found: [each.concurrency_limit or each.name for each in found])
    for limits in ({"limit": 2, "offset": 1}, {"limit": 201}, {"limit": 0}, {"offset": -1}, {"offset": 99}):
        ask("read_deployments", sort=DeploymentSort.NAME_DESC, **limits, show=names)
    of_pool = WorkPoolFilter.model_validate({"name": {"any_": ["dep-pool"]}})
    of_queue = WorkQueueFilter.model_validate({"name": {"any_": ["another-queue"]}})
    late = FlowRunFilter.model_validate({"name": {"any_": ["drun 2"]}})
    of_flow = FlowFilter.model_validate({"name": {"any_": ["dep-flow"]}})
    for where in (
        {"work_pool_filter": of_pool},
        {"work_queue_filter": of_queue},
        {"flow_run_filter": late},
        {"flow_filter": of_flow, "work_pool_filter": of_pool},
    ):
        ask("read_deployments", sort=DeploymentSort.NAME_ASC, **where, show=names)
        ask("read_flows", sort=FlowSort.NAME_ASC, **where, show=names)
        ask("read_flow_runs", **where, show=lambda found: sorted(names(found)))
        ask("count_flow_runs", **where)


def branches(ask, one):
    ask("create_deployment_branch", one, "branch")
    ask("apply_slas_for_deployment", one, [])
