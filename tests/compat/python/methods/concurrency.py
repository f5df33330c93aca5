"""Limits by tag, global limits, and slots with and without leases."""

from prefect.client.schemas.actions import GlobalConcurrencyLimitCreate, GlobalConcurrencyLimitUpdate
from prefect.client.schemas.objects import ConcurrencyLeaseHolder

from .common import NOBODY, by_name, names


def concurrency(teller):
    tags(teller.ask)
    limits(teller.ask)
    slots(teller.ask)
    leases(teller.ask)


def tags(ask):
    ask("read_concurrency_limits", 10, 0)
    ask("create_concurrency_limit", "tag-a", 2)
    ask("create_concurrency_limit", "tag-a", 3)
    ask("create_concurrency_limit", "tag-b", 0)
    ask("create_concurrency_limit", "tag c d", 1)
    ask("create_concurrency_limit", "tag-minus", -1)
    ask("create_concurrency_limit", "", 1)
    ask("read_concurrency_limit_by_tag", "tag-a")
    ask("read_concurrency_limit_by_tag", "tag c d")
    ask("read_concurrency_limit_by_tag", "none")
    ask("read_concurrency_limits", 10, 0, by=lambda limit: limit.tag)
    ask("read_concurrency_limits", 1, 1, show=len)
    ask("read_concurrency_limits", 0, 0)
    ask("read_concurrency_limits", 10, 99)
    ask("read_concurrency_limits", 201, 0)
    ask("read_concurrency_limits", 10, -1)
    ask("increment_v1_concurrency_slots", ["tag-a"], NOBODY)
    ask("read_concurrency_limit_by_tag", "tag-a")
    ask("increment_v1_concurrency_slots", ["tag-a", "none"], NOBODY)
    ask("increment_v1_concurrency_slots", ["tag-b"], NOBODY)
    ask("increment_v1_concurrency_slots", [], NOBODY)
    ask("decrement_v1_concurrency_slots", ["tag-a"], NOBODY, 1.5)
    ask("decrement_v1_concurrency_slots", ["none"], NOBODY, 1.5)
    ask("reset_concurrency_limit_by_tag", "tag-a", slot_override=[NOBODY])
    ask("read_concurrency_limit_by_tag", "tag-a", show=lambda limit: limit.active_slots)
    ask("reset_concurrency_limit_by_tag", "tag-a")
    ask("read_concurrency_limit_by_tag", "tag-a")
    ask("reset_concurrency_limit_by_tag", "none")
    ask("delete_concurrency_limit_by_tag", "tag-a")
    ask("delete_concurrency_limit_by_tag", "tag-a")
    ask("delete_concurrency_limit_by_tag", "none")


def limits(ask):
    def create(**fields):
        return ask("create_global_concurrency_limit", GlobalConcurrencyLimitCreate.model_construct(**fields))

    ask("read_global_concurrency_limits", by=by_name, show=names)
    create(name="lim-a", limit=2)
    create(name="lim-a", limit=3)
    create(name="lim-rate", limit=2, slot_decay_per_second=0.001)
    create(name="lim-off", limit=1, active=False)
    create(name="lim-full", limit=1, active_slots=1)
    create(name="lim-zero", limit=0)
    create(name="lim-minus", limit=-1)
    create(name="", limit=1)
    create(name="not/ok", limit=1)
    create(limit=1)
    ask("read_global_concurrency_limit_by_name", "lim-a")
    ask("read_global_concurrency_limit_by_name", "none")
    ask("read_global_concurrency_limits", limit=100, offset=0, by=by_name)
    ask("read_global_concurrency_limits", limit=1, offset=1, show=len)
    ask("read_global_concurrency_limits", limit=0)
    ask("read_global_concurrency_limits", limit=201)
    ask("read_global_concurrency_limits", offset=99)
    ask("update_global_concurrency_limit", "lim-a", GlobalConcurrencyLimitUpdate(limit=3))
    ask("update_global_concurrency_limit", "lim-a", GlobalConcurrencyLimitUpdate(slot_decay_per_second=0.5))
    ask("update_global_concurrency_limit", "lim-a", GlobalConcurrencyLimitUpdate(slot_decay_per_second=0))
    ask("update_global_concurrency_limit", "lim-a", GlobalConcurrencyLimitUpdate(name="lim-full"))
    ask("update_global_concurrency_limit", "none", GlobalConcurrencyLimitUpdate(limit=3))
    ask("update_global_concurrency_limit", "lim-a", GlobalConcurrencyLimitUpdate())
    ask("read_global_concurrency_limit_by_name", "lim-a")
    ask("upsert_global_concurrency_limit_by_name", "lim-a", 4)
    ask("upsert_global_concurrency_limit_by_name", "lim-new", 4, slot_decay_per_second=2)
    ask("upsert_global_concurrency_limit_by_name", "lim-minus", -4)
    ask("read_global_concurrency_limit_by_name", "lim-new")
    ask("delete_global_concurrency_limit_by_name", "lim-new")
    ask("delete_global_concurrency_limit_by_name", "lim-new")


def body(answer):
    return [answer.status_code, answer.json()]


def slots(ask):
    take = "increment_concurrency_slots"
    ask(take, ["lim-a"], 1, "concurrency", show=body)
    ask(take, ["lim-a", "none"], 2, "concurrency", show=body)
    ask(take, ["lim-a"], 5, "concurrency")
    ask(take, ["lim-full"], 1, "concurrency")
    ask(take, ["lim-zero"], 1, "concurrency")
    ask(take, ["lim-off"], 9, "concurrency", show=body)
    ask(take, ["none"], 1, "concurrency", show=body)
    ask(take, [], 1, "concurrency")
    ask(take, ["lim-a"], 0, "concurrency")
    ask(take, ["lim-a"], 1, "rate_limit")
    ask(take, ["lim-rate"], 1, "rate_limit", show=body)
    ask(take, ["lim-a"], 1, "wrong")
    ask("read_global_concurrency_limit_by_name", "lim-a", show=lambda limit: limit.active_slots)
    ask("release_concurrency_slots", ["lim-a"], 3, 0.5)
    ask("release_concurrency_slots", ["lim-a"], 3, 0.5)
    ask("release_concurrency_slots", ["none"], 1, 0.5)
    ask("release_concurrency_slots", ["lim-a"], 0, 0.5)
    ask("release_concurrency_slots", ["lim-a"], 1, 0)
    ask("read_global_concurrency_limit_by_name", "lim-a", show=lambda limit: limit.active_slots)


def leases(ask):
    take = "increment_concurrency_slots_with_lease"
    lease = ask(take, ["lim-a"], 2, "concurrency", 120)
    holder = ConcurrencyLeaseHolder(type="flow_run", id=NOBODY)
    other = ask(take, ["lim-a"], 1, "concurrency", 120, holder=holder)
    ask(take, ["lim-a", "lim-full"], 1, "concurrency", 120)
    ask(take, ["none"], 1, "concurrency", 120)
    ask(take, ["lim-a"], 1, "concurrency", 1)
    ask(take, ["lim-a"], 1, "concurrency", 100_000)
    ask(take, ["lim-rate"], 1, "rate_limit", 120)
    ask("read_global_concurrency_limit_by_name", "lim-a", show=lambda limit: limit.active_slots)
    ids = [answer.json()["lease_id"] for answer in (lease, other)]
    ask("renew_concurrency_lease", ids[0], 120)
    ask("renew_concurrency_lease", ids[0], 1)
    ask("renew_concurrency_lease", NOBODY, 120)
    ask("release_concurrency_slots_with_lease", ids[0])
    ask("release_concurrency_slots_with_lease", ids[0])
    ask("release_concurrency_slots_with_lease", NOBODY)
    ask("renew_concurrency_lease", ids[0], 120)
    ask("release_concurrency_slots_with_lease", ids[1])
    ask("read_global_concurrency_limit_by_name", "lim-a")
