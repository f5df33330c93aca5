"""`prefect.concurrency`, sync and async, in and outside of runs."""

import asyncio

from prefect import flow, task
from prefect.client.schemas.actions import GlobalConcurrencyLimitCreate
from prefect.concurrency.asyncio import concurrency as aconcurrency
from prefect.concurrency.asyncio import rate_limit as arate_limit
from prefect.concurrency.sync import concurrency, rate_limit


def slots(story, client):
    do = story.attempt
    for name, decay, active in (("lib-two", 0, True), ("lib-rate", 5, True), ("lib-off", 0, False)):
        limit = GlobalConcurrencyLimitCreate(name=name, limit=2, slot_decay_per_second=decay, active=active)
        client.create_global_concurrency_limit(limit)

    def taken():
        return client.read_global_concurrency_limit_by_name("lib-two").active_slots

    def hold(names, **options):
        with concurrency(names, **options):
            return taken()

    async def ahold(names, **options):
        async with aconcurrency(names, **options):
            return await asyncio.to_thread(taken)

    @task(name="library-holder")
    def in_a_task():
        return hold("lib-two", occupy=2)

    @flow(name="library-holders")
    def in_a_flow():
        return [hold(["lib-two", "lib-off"]), in_a_task(), asyncio.run(ahold("lib-two"))]

    do("one", lambda: hold("lib-two"))
    do("two", lambda: hold(["lib-two", "lib-off"], occupy=2, lease_duration=60))
    do("too many", lambda: hold("lib-two", occupy=3))
    do("none", lambda: hold("lib-none"))
    do("no names", lambda: hold([]))
    do("strict", lambda: hold(["lib-two", "lib-none"], strict=True))
    do("async", lambda: ahold("lib-two", occupy=2))
    do("async strict", lambda: ahold("lib-none", strict=True))
    do("short lease", lambda: hold("lib-two", lease_duration=1))
    with concurrency("lib-two", occupy=2):
        do("full", lambda: hold("lib-two", timeout_seconds=0.2))
        do("full, async", lambda: ahold("lib-two", timeout_seconds=0.2))
    do("left", taken)
    do("rate", lambda: rate_limit(["lib-rate"], occupy=2, timeout_seconds=20))
    do("rate, async", lambda: arate_limit("lib-rate", timeout_seconds=20))
    do("rate without decay", lambda: rate_limit("lib-two"))
    do("strict rate", lambda: rate_limit("lib-none", strict=True))
    do("in a flow", in_a_flow)
    do("left of all", taken)
