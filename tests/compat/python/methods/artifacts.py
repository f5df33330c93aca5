"""Artifacts and the latest of each key."""

from prefect.client.schemas.actions import ArtifactCreate, ArtifactUpdate
from prefect.client.schemas.filters import ArtifactCollectionFilter, ArtifactFilter
from prefect.client.schemas.sorting import ArtifactCollectionSort, ArtifactSort

from .common import NOBODY

RUN = "0198c0de-0000-7000-8000-00000000000a"


def keys(found):
    return [[each.key, each.type] for each in found]


def sorted_keys(found):
    return sorted(keys(found), key=str)


FILTERS = [
    {"key": {"any_": ["art-a", "none"]}},
    {"key": {"like_": "art-"}},
    {"key": {"exists_": False}},
    {"key": {"exists_": True}},
    {"type": {"any_": ["markdown"]}},
    {"type": {"not_any_": ["markdown"]}},
    {"flow_run_id": {"any_": [RUN]}},
    {"task_run_id": {"any_": [RUN]}},
    {"operator": "or_", "key": {"any_": ["art-a"]}, "type": {"any_": ["table"]}},
    {},
]


def key(name):
    return {"key": {"any_": [name]}}


def artifacts(teller):
    ask = teller.ask
    ask("read_artifacts")
    ask("read_latest_artifacts")
    made = [
        ask(
            "create_artifact",
            ArtifactCreate(key="art-a", type="markdown", description="d", data="# one", flow_run_id=RUN),
        ),
        ask("create_artifact", ArtifactCreate(key="art-a", type="markdown", data="# two")),
        ask("create_artifact", ArtifactCreate(key="art-b", type="table", data=[{"a": 1, "b": None}])),
        ask("create_artifact", ArtifactCreate(key="art-c", type="progress", data=12.5)),
        ask("create_artifact", ArtifactCreate(key="art-d", type="image", data={"x": [1]})),
        ask("create_artifact", ArtifactCreate(type="result", data={"r": 1}, metadata_={"m": "n"})),
        ask("create_artifact", ArtifactCreate(key="art-e", type="link", data=None, metadata_={})),
    ]
    ask("create_artifact", ArtifactCreate.model_construct(key="Not ok", type="markdown", data="x"))
    ask("create_artifact", ArtifactCreate.model_construct())
    for where in FILTERS:
        given = ArtifactFilter.model_validate(where)
        latest = ArtifactCollectionFilter.model_validate(where)
        ask("read_artifacts", artifact_filter=given, show=sorted_keys)
        ask("read_latest_artifacts", artifact_filter=latest, sort=ArtifactCollectionSort.KEY_ASC, show=keys)
    # Databases do not agree where artifacts without a key stand.
    with_key = ArtifactFilter.model_validate({"key": {"exists_": True}})
    for sort in ArtifactSort:
        if sort.value != "ID_DESC":
            ask("read_artifacts", artifact_filter=with_key, sort=sort, show=keys)
    for sort in ArtifactCollectionSort:
        if sort.value != "ID_DESC":
            ask("read_latest_artifacts", sort=sort, show=keys)
    ask("read_latest_artifacts", sort=ArtifactCollectionSort.KEY_ASC)
    second = {"limit": 2, "offset": 1, "sort": ArtifactSort.KEY_DESC}
    ask("read_artifacts", artifact_filter=with_key, **second, show=keys)
    ask("read_latest_artifacts", limit=2, offset=1, sort=ArtifactCollectionSort.KEY_DESC, show=keys)
    for limits in ({"limit": 201}, {"limit": 0}, {"offset": -1}, {"offset": 99}):
        ask("read_artifacts", **limits)
        ask("read_latest_artifacts", **limits)
    ask("update_artifact", made[3].id, ArtifactUpdate(data=50.0, description="half"))
    ask("update_artifact", made[3].id, ArtifactUpdate(metadata_={"k": "v"}))
    ask("update_artifact", made[3].id, ArtifactUpdate())
    ask("update_artifact", NOBODY, ArtifactUpdate(data=1))
    ask("read_artifacts", artifact_filter=ArtifactFilter.model_validate(key("art-c")))
    ask("read_latest_artifacts", artifact_filter=ArtifactCollectionFilter.model_validate(key("art-c")))
    ask("delete_artifact", made[1].id)
    ask("delete_artifact", made[1].id)
    ask("read_latest_artifacts", artifact_filter=ArtifactCollectionFilter.model_validate(key("art-a")))
    ask("delete_artifact", made[0].id)
    ask("read_latest_artifacts", artifact_filter=ArtifactCollectionFilter.model_validate(key("art-a")))
