"""`prefect.artifacts`: all kinds, in and outside of runs."""

from prefect import flow, task
from prefect.artifacts import (
    Artifact,
    create_image_artifact,
    create_link_artifact,
    create_markdown_artifact,
    create_progress_artifact,
    create_table_artifact,
    update_progress_artifact,
)


@task(name="library-artifact-task")
def in_a_task():
    return create_table_artifact({"a": [1, 2], "b": [float("nan"), None]}, key="library-table", description="t")


@flow(name="library-artifacts")
def in_a_flow():
    create_link_artifact("https://example.org", link_text="here", key="library-link")
    create_markdown_artifact("# it", key="library-markdown", description="m")
    create_image_artifact("https://example.org/i.png", key="library-image")
    progress = create_progress_artifact(10.0, key="library-progress")
    update_progress_artifact(progress, progress=60.0, description="more")
    update_progress_artifact(progress, progress=140.0)
    in_a_task()


def shown(artifact):
    if artifact is None:
        return None
    runs = [artifact.flow_run_id is not None, artifact.task_run_id is not None]
    return [artifact.key, artifact.type, artifact.description, artifact.data, runs]


def artifacts(story, client):
    do = story.attempt
    do("wrong key", lambda: create_markdown_artifact("x", key="Wrong Key"))
    do("too much progress", lambda: create_progress_artifact(101.0, key="library-much"))
    do("outside", lambda: create_markdown_artifact("x", key="library-outside"))
    do("without key", lambda: create_link_artifact("https://example.org"))
    do("of no artifact", lambda: update_progress_artifact("00000000-0000-4000-8000-000000000000", progress=1.0))
    do("in a flow", in_a_flow)
    for key in ("link", "markdown", "image", "progress", "table", "none"):
        do(f"get {key}", lambda: Artifact.get(f"library-{key}"), show=shown)
    do("aget", lambda: Artifact.aget("library-link"), show=shown)
    made = {"description": "d", "data": {"x": 1}, "type": "made"}
    do("make", lambda: Artifact.get_or_create("library-made", **made), show=lambda found: [shown(found[0]), found[1]])
    do("make again", lambda: Artifact.get_or_create("library-made", **made), show=lambda found: found[1])
    do("create", lambda: Artifact(type="own", key="library-made", data=[1]).create(), show=shown)
    do("latest", lambda: Artifact.get("library-made"), show=shown)
