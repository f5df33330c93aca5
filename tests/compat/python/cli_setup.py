"""Makes what the commands of the command line are about: python cli_setup.py <folder>."""

import sys
from pathlib import Path

from prefect import flow, get_run_logger, task
from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.blocks.notifications import SlackWebhook
from prefect.blocks.system import Secret
from prefect.filesystems import LocalFileSystem

SOURCE = '''
from prefect import flow


@flow(name="cli-flow", log_prints=True)
def cli_flow(x: int = 1, fail: bool = False):
    print("x is", x)
    if fail:
        raise ValueError("as asked")
    return x
'''

folder = Path(sys.argv[1])
(folder / "cli_flow.py").write_text(SOURCE)
sys.path.insert(0, str(folder))

from cli_flow import cli_flow  # noqa: E402


@task(name="cli-task")
def cli_task():
    get_run_logger().warning("a task was here")


@flow(name="cli-artifacts", flow_run_name="cli-run-of-artifacts")
def cli_artifacts():
    cli_task()
    create_markdown_artifact("# one", key="cli-report", description="first")
    create_markdown_artifact("# two", key="cli-report", description="second")
    create_table_artifact([{"a": 1, "b": 2.5}], key="cli-table")


cli_artifacts()
cli_flow.with_options(flow_run_name="cli-run-completed")()
cli_flow.with_options(flow_run_name="cli-run-failed")(x=2, fail=True, return_state=True)
cli_flow.from_source(source=str(folder), entrypoint="cli_flow.py:cli_flow").deploy(
    name="cli-deployment",
    work_pool_name="cli-pool",
    parameters={"x": 7},
    tags=["cli"],
    description="made by deploy()",
    ignore_warnings=True,
    print_next_steps=False,
)
Secret(value="hush").save("cli-secret")
LocalFileSystem(basepath="/tmp").save("cli-folder")
SlackWebhook(url="https://hooks.slack.com/services/1/2/3").save("cli-slack")
