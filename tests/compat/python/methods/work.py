"""Work pools, queues and workers."""


from prefect.client.schemas.actions import WorkPoolCreate, WorkPoolUpdate
from prefect.client.schemas.filters import WorkerFilter, WorkPoolFilter, WorkQueueFilter
from prefect.client.schemas.objects import WorkerMetadata

from .common import EARLIER, LATER, NOBODY, by_name, names

TEMPLATE = {
    "job_configuration": {"command": "{{ command }}", "env": "{{ env }}"},
    "variables": {
        "type": "object",
        "properties": {
            "command": {"type": "string", "default": "run"},
            "env": {"type": "object", "default": {}},
            "size": {"type": "integer"},
        },
        "required": ["size"],
    },
}


def work(teller):
    pools(teller.ask)
    queues(teller.ask)
    workers(teller.ask)
    endings(teller.ask)


def pools(ask):
    ask("read_work_pools", show=names)
    ask("create_work_pool", WorkPoolCreate(name="pool-a", type="process", description="d"))
    ask("create_work_pool", WorkPoolCreate(name="pool-b", type="told", base_job_template=TEMPLATE))
    ask("create_work_pool", WorkPoolCreate(name="pool-c", concurrency_limit=2, is_paused=True))
    ask("create_work_pool", WorkPoolCreate(name="pool-a", type="process"))
    ask("create_work_pool", WorkPoolCreate(name="pool-a", type="process", description="o"), overwrite=True)
    ask("create_work_pool", WorkPoolCreate(name="pool-a", type="docker"), overwrite=True)
    ask("create_work_pool", WorkPoolCreate(name="Prefect Agent"))
    ask("create_work_pool", WorkPoolCreate.model_construct(name="", type="process"))
    ask("create_work_pool", WorkPoolCreate.model_construct(name="minus", concurrency_limit=-1))
    bad = {"job_configuration": {"command": "{{ none }}"}, "variables": {"properties": {}}}
    ask("create_work_pool", WorkPoolCreate(name="bad", base_job_template=bad))
    ask("create_work_pool", WorkPoolCreate(name="bad", base_job_template={"variables": {}}))
    ask("read_work_pool", "pool-a")
    ask("read_work_pool", "none")
    ask("read_work_pools", by=by_name)
    ask("read_work_pools", limit=1, offset=1, show=len)
    for limits in ({"limit": 0}, {"limit": 201}, {"offset": -1}, {"offset": 99}):
        ask("read_work_pools", **limits)
    for where in ({"name": {"any_": ["pool-a"]}}, {"type": {"any_": ["told"]}}, {"id": {"any_": []}}, {}):
        ask("read_work_pools", work_pool_filter=WorkPoolFilter.model_validate(where), by=by_name, show=names)
    ask("update_work_pool", "pool-a", WorkPoolUpdate(concurrency_limit=5, description="new"))
    ask("update_work_pool", "pool-a", WorkPoolUpdate(is_paused=True, base_job_template=TEMPLATE))
    ask("read_work_pool", "pool-a")
    ask("update_work_pool", "pool-a", WorkPoolUpdate(is_paused=False, base_job_template={}))
    ask("update_work_pool", "pool-a", WorkPoolUpdate(concurrency_limit=-1))
    ask("update_work_pool", "none", WorkPoolUpdate(description="x"))
    ask("read_work_pool_concurrency_status", "pool-a")
    ask("read_work_pool_concurrency_status", "pool-c", page=2, limit=1)
    ask("read_work_pool_concurrency_status", "none")


def queues(ask):
    one = ask("create_work_queue", "fast", description="d", priority=1, work_pool_name="pool-a")
    ask("create_work_queue", "slow", concurrency_limit=3, is_paused=True, work_pool_name="pool-a")
    ask("create_work_queue", "fast", work_pool_name="pool-a")
    ask("create_work_queue", "fast", work_pool_name="none")
    ask("create_work_queue", "", work_pool_name="pool-a")
    ask("create_work_queue", "zero", priority=0, work_pool_name="pool-a")
    ask("create_work_queue", "minus", concurrency_limit=-1, work_pool_name="pool-a")
    plain = ask("create_work_queue", "without-pool")
    ask("create_work_queue", "without-pool")
    ask("read_work_queue", one.id)
    ask("read_work_queue", NOBODY)
    ask("read_work_queue_by_name", "fast", work_pool_name="pool-a")
    ask("read_work_queue_by_name", "without-pool")
    ask("read_work_queue_by_name", "none")
    ask("read_work_queue_by_name", "fast", work_pool_name="none")
    ask("read_work_queues", show=lambda found: sorted(names(found)))
    ask("read_work_queues", work_pool_name="pool-a", by=by_name)
    ask("read_work_queues", work_pool_name="none")
    ask("read_work_queues", work_pool_name="pool-a", limit=1, offset=1, show=names)
    ask("read_work_queues", limit=0)
    ask("read_work_queues", limit=201)
    for where in ({"name": {"any_": ["fast"]}}, {"name": {"startswith_": ["s", "f"]}}, {"id": {"any_": []}}):
        wanted = WorkQueueFilter.model_validate(where)
        ask("read_work_queues", work_queue_filter=wanted, by=by_name, show=names)
    ask("match_work_queues", ["s", "without"], by=by_name, show=names)
    ask("match_work_queues", ["f"], work_pool_name="pool-a", show=names)
    ask("match_work_queues", [], show=len)
    ask("match_work_queues", ["f"], work_pool_name="none")
    ask("update_work_queue", one.id, description="new", is_paused=True, concurrency_limit=0, priority=2)
    ask("read_work_queue", one.id)
    ask("update_work_queue", one.id, name="slow")
    ask("update_work_queue", one.id, is_paused=False)
    ask("update_work_queue", one.id)
    ask("update_work_queue", NOBODY, description="x")
    ask("read_work_queue_status", one.id)
    ask("read_work_queue_status", NOBODY)
    ask("read_work_queue_concurrency_status", one.id)
    ask("read_work_queue_concurrency_status", one.id, page=3, limit=1)
    ask("read_work_queue_concurrency_status", NOBODY)
    ask("get_runs_in_work_queue", one.id)
    ask("get_runs_in_work_queue", plain.id, limit=1, scheduled_before=LATER)
    ask("get_runs_in_work_queue", plain.id, limit=0)
    ask("get_runs_in_work_queue", NOBODY)
    ask("read_work_queue_status", plain.id)
    ask("delete_work_queue_by_id", plain.id)
    ask("delete_work_queue_by_id", plain.id)


def workers(ask):
    ask("read_workers_for_work_pool", "pool-b")
    told = WorkerMetadata(integrations=[{"name": "one", "version": "1"}])
    ask("send_worker_heartbeat", "pool-b", "w-1")
    ask("send_worker_heartbeat", "pool-b", "w-2", heartbeat_interval_seconds=5, get_worker_id=True)
    ask("send_worker_heartbeat", "pool-b", "w-1", worker_metadata=told)
    ask("send_worker_heartbeat", "none", "w-1")
    ask("send_worker_heartbeat", "pool-b", "")
    ask("read_workers_for_work_pool", "pool-b", by=by_name)
    ask("read_workers_for_work_pool", "none")
    for where in (
        {"status": {"any_": ["ONLINE"]}},
        {"status": {"any_": ["OFFLINE"]}},
        {"status": {"not_any_": ["ONLINE"]}},
        {"last_heartbeat_time": {"after_": EARLIER.isoformat()}},
        {"last_heartbeat_time": {"before_": EARLIER.isoformat()}},
    ):
        wanted = WorkerFilter.model_validate(where)
        ask("read_workers_for_work_pool", "pool-b", worker_filter=wanted, by=by_name, show=names)
    ask("read_workers_for_work_pool", "pool-b", limit=1, offset=1, show=len)
    ask("read_work_pool", "pool-b")
    ask("get_scheduled_flow_runs_for_work_pool", "pool-b")
    ask("get_scheduled_flow_runs_for_work_pool", "pool-a", work_queue_names=["fast"], scheduled_before=LATER)
    ask("get_scheduled_flow_runs_for_work_pool", "pool-a", work_queue_names=["none"])
    ask("get_scheduled_flow_runs_for_work_pool", "pool-a", work_queue_names=[])
    ask("get_scheduled_flow_runs_for_work_pool", "none")
    ask("read_work_queues", work_pool_name="pool-b")


def endings(ask):
    ask("delete_work_pool", "pool-c")
    ask("delete_work_pool", "pool-c")
    ask("read_work_queues", work_pool_name="pool-c")
