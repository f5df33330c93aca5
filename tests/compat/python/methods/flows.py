"""Flows."""

from prefect import flow
from prefect.client.schemas.filters import (
    DeploymentFilter,
    FlowFilter,
    FlowFilterId,
    FlowFilterName,
    FlowFilterTags,
    FlowRunFilter,
    TaskRunFilter,
    WorkPoolFilter,
    WorkQueueFilter,
)
from prefect.client.schemas.sorting import FlowSort

from .common import NOBODY, by_name, names


@flow(name="from-object", version="7")
def from_object(x: int = 1):
    return x


def flows(teller):
    ask = teller.ask
    ask("read_flows")
    ids = [ask("create_flow_from_name", name) for name in ("flow-c", "flow-a", "flow-b", "übung")]
    ask("create_flow_from_name", "flow-a")
    ask("create_flow_from_name", "")
    ask("create_flow_from_name", "with/slash")
    ask("create_flow_from_name", "x" * 300)
    ask("create_flow", from_object)
    ask("read_flow", ids[0])
    ask("read_flow", NOBODY)
    ask("read_flow", "no-id")
    for name in ("flow-a", "übung", "nothing", "a b/c", ""):
        ask("read_flow_by_name", name)
    for sort in FlowSort:
        ask("read_flows", sort=sort, show=names)
    ask("read_flows", by=by_name)
    ask("read_flows", sort=FlowSort.NAME_ASC, limit=2, offset=1, show=names)
    ask("read_flows", limit=0)
    ask("read_flows", limit=201)
    ask("read_flows", limit=-1)
    ask("read_flows", offset=-1)
    ask("read_flows", offset=100)
    for where in (
        FlowFilter(id=FlowFilterId(any_=ids[:2])),
        FlowFilter(id=FlowFilterId(any_=[])),
        FlowFilter(name=FlowFilterName(like_="FLOW")),
        FlowFilter(name=FlowFilterName(like_="%")),
        FlowFilter(name=FlowFilterName(any_=["flow-a", "nothing"])),
        FlowFilter(name=FlowFilterName(any_=[])),
        FlowFilter(tags=FlowFilterTags(all_=["x"])),
        FlowFilter(tags=FlowFilterTags(is_null_=True)),
        FlowFilter(operator="or_", name=FlowFilterName(any_=["flow-a"]), id=FlowFilterId(any_=ids[:1])),
        FlowFilter(),
    ):
        ask("read_flows", flow_filter=where, sort=FlowSort.NAME_ASC, show=names)
    ask("read_flows", flow_run_filter=FlowRunFilter(), show=names)
    ask("read_flows", task_run_filter=TaskRunFilter(), show=names)
    ask("read_flows", deployment_filter=DeploymentFilter(), show=names)
    ask("read_flows", work_pool_filter=WorkPoolFilter(), show=names)
    ask("read_flows", work_queue_filter=WorkQueueFilter(), show=names)
    ask("delete_flow", ids[3])
    ask("delete_flow", ids[3])
    ask("read_flow", ids[3])
