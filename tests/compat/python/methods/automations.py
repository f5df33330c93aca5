"""Automations; what they do when something happens is no part of this."""

from datetime import timedelta

from prefect.events.actions import (
    CancelFlowRun,
    ChangeFlowRunState,
    DoNothing,
    PauseWorkPool,
    RunDeployment,
    SendNotification,
)
from prefect.events.schemas.automations import (
    AutomationCore,
    CompoundTrigger,
    EventTrigger,
    MetricTrigger,
    MetricTriggerQuery,
    Posture,
    SequenceTrigger,
)

from .common import NOBODY


def trigger(**more):
    fields = {
        "expect": {"prefect.flow-run.Failed"},
        "match": {"prefect.resource.id": "prefect.flow-run.*"},
        "posture": Posture.Reactive,
        "threshold": 2,
        "within": timedelta(seconds=60),
        **more,
    }
    return EventTrigger(**fields)


METRIC = MetricTrigger(
    metric=MetricTriggerQuery(
        name="successes",
        operator="<",
        threshold=0.5,
        range=timedelta(minutes=10),
        firing_for=timedelta(minutes=5),
    )
)


def automation(name, given, actions=(DoNothing(),), **more):
    return AutomationCore(name=name, trigger=given, actions=list(actions), **more)


def automations(teller):
    ask = teller.ask
    ask("read_automations")
    one = ask("create_automation", automation("auto-a", trigger(), description="d", tags=["t"]))
    proactive = trigger(posture=Posture.Proactive, after={"prefect.flow-run.Running"}, for_each={"prefect.resource.id"})
    ask("create_automation", automation("auto-b", proactive, [CancelFlowRun()], enabled=False))
    compound = CompoundTrigger(triggers=[trigger(), trigger(threshold=1)], require="all", within=timedelta(minutes=1))
    two = ask("create_automation", automation("auto-c", compound, [PauseWorkPool(source="selected", work_pool_id=NOBODY)]))
    sequence = SequenceTrigger(triggers=[trigger(), trigger(expect={"x"})], within=timedelta(minutes=1))
    change = ChangeFlowRunState(state="FAILED", name="Gone", message="by an automation")
    ask("create_automation", automation("auto-d", sequence, [change], actions_on_trigger=[DoNothing()]))
    ask("create_automation", automation("auto-e", METRIC))
    ask("create_automation", automation("auto-a", trigger()))
    run = RunDeployment(source="selected", deployment_id=NOBODY, parameters={"x": 1})
    notify = SendNotification(block_document_id=NOBODY, subject="s", body="{{ flow.name }}")
    ask("create_automation", automation("auto-f", trigger(), [run, notify]))
    ask("create_automation", automation("", trigger()))
    ask("create_automation", automation("none", trigger(), []))
    for known in (one, two, NOBODY, str(one), "auto-a", "AUTO-A", "auto-none"):
        ask("find_automation", known)
    for known in (one, two, NOBODY):
        ask("read_automation", known)
    ask("read_automation", "no-id")
    ask("read_automations_by_name", "auto-a", by=lambda found: found.description)
    ask("read_automations_by_name", "none")
    ask("read_automations_by_name", "")
    ask("read_automations", show=lambda found: sorted(each.name for each in found))
    ask("pause_automation", one)
    ask("read_automation", one, show=lambda found: found.enabled)
    ask("resume_automation", one)
    ask("read_automation", one, show=lambda found: found.enabled)
    ask("pause_automation", NOBODY)
    ask("update_automation", one, automation("auto-z", METRIC, [CancelFlowRun()], description="new"))
    ask("read_automation", one)
    ask("update_automation", NOBODY, automation("auto-z", trigger()))
    ask("read_resource_related_automations", f"prefect.deployment.{NOBODY}")
    ask("read_resource_related_automations", "nothing")
    ask("delete_resource_owned_automations", f"prefect.deployment.{NOBODY}")
    ask("delete_automation", one)
    ask("delete_automation", one)
    ask("read_automation", one)
