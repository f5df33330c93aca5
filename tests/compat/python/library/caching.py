"""Transactions, locks, and results that are kept."""

from datetime import timedelta

from prefect import flow, task
from prefect.cache_policies import DEFAULT, INPUTS, NO_CACHE, TASK_SOURCE
from prefect.client.schemas.filters import TaskRunFilter
from prefect.filesystems import LocalFileSystem
from prefect.locking.memory import MemoryLockManager
from prefect.results import ResultStore
from prefect.transactions import IsolationLevel, transaction

from .story import all_ended, task_history, until

calls = []
book = []


@task(name="cached-inputs", cache_policy=INPUTS, persist_result=True)
def by_inputs(x):
    calls.append("inputs")
    return x


@task(name="cached-source", cache_policy=TASK_SOURCE + INPUTS - "ignored", persist_result=True)
def by_source(x, ignored):
    calls.append("source")
    return x


@task(name="cached-never", cache_policy=NO_CACHE, persist_result=True)
def never(x):
    calls.append("never")
    return x


@task(name="cached-briefly", cache_key_fn=lambda context, given: "brief", cache_expiration=timedelta(hours=1))
def briefly(x):
    calls.append("briefly")
    return x


@task(name="cached-long-key", cache_key_fn=lambda context, given: "k" * 3000, persist_result=True)
def long_key(x):
    return x


@task(name="undone")
def write(x):
    book.append(x)


@write.on_rollback
def unwrite(txn):
    book.append("undone")


@flow(name="library-caching", persist_result=True)
def caching_flow():
    for x in (1, 1, 2):
        by_inputs(x)
        by_source(x, len(calls))
        never(x)
        briefly(x)
    by_inputs.with_options(refresh_cache=True)(1)
    return list(calls)


@flow(name="library-undoing")
def undoing():
    try:
        with transaction():
            write(1)
            raise ValueError("not at all")
    except ValueError:
        return book


def caching(story, client):
    do = story.attempt
    do("flow", caching_flow)
    where = TaskRunFilter.model_validate({"name": {"like_": "cached-"}})
    runs = until(lambda: client.read_task_runs(task_run_filter=where), lambda found: all_ended(found, 13))
    do("states", lambda: sorted([run.task_key.rsplit("-", 1)[0], *task_history(client, run)] for run in runs))
    do("keys", lambda: sorted({run.task_key.rsplit("-", 1)[0] for run in runs if run.state.state_details.cache_key}))
    do("long key", lambda: flow(name="library-long-key")(lambda: long_key(1))())
    do("undo", undoing)
    block = LocalFileSystem(basepath=str(story.folder / "results"))
    do("storage", lambda: block.save("library-results", overwrite=True), show=lambda _: "saved")
    do("stored", stored, show=sorted)
    do("locks", locked)


def stored():
    keep = {"result_storage": "local-file-system/library-results", "persist_result": True}

    @task(name="stored", cache_policy=DEFAULT, **keep)
    def inner(x):
        return {"kept": x}

    @flow(name="library-stored", **keep)
    def outer():
        return inner(5)

    state = outer(return_state=True)
    return [state.name, str(state.result()), str(state.data.metadata.storage_block_id is not None)]


def locked():
    store = ResultStore(lock_manager=MemoryLockManager())
    serial = {"store": store, "isolation_level": IsolationLevel.SERIALIZABLE}
    with transaction(key="library-lock", **serial) as txn:
        held = [store.is_locked("library-lock"), store.is_lock_holder("library-lock")]
        txn.stage("value")
    return [*held, store.is_locked("library-lock"), store.read("library-lock").result]
