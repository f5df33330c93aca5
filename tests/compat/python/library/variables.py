"""`prefect.variables.Variable`."""

from prefect import flow
from prefect.variables import Variable


@flow(name="library-variables")
def in_a_flow():
    Variable.set("lib_flow", {"a": 1})
    return Variable.get("lib_flow")


def variables(story, client):
    do = story.attempt
    do("none", lambda: Variable.get("lib_none"))
    do("default", lambda: Variable.get("lib_none", default=3))
    do("set", lambda: Variable.set("lib_a", {"x": [1, None]}, tags=["b", "a"]))
    do("get", lambda: Variable.get("lib_a"))
    do("set twice", lambda: Variable.set("lib_a", 2))
    do("overwrite", lambda: Variable.set("lib_a", 2, overwrite=True))
    do("get again", lambda: Variable.get("lib_a", default="other"))
    do("null", lambda: Variable.set("lib_null", None))
    do("get null", lambda: Variable.get("lib_null", default="other"))
    do("wrong name", lambda: Variable.set("Lib Wrong", 1))
    do("wrong value", lambda: Variable.set("lib_wrong", object()))
    do("too long", lambda: Variable.set("lib_long", "x" * 6000))
    do("aset", lambda: Variable.aset("lib_b", "text"))
    do("aget", lambda: Variable.aget("lib_b"))
    do("aunset", lambda: Variable.aunset("lib_b"))
    do("unset", lambda: Variable.unset("lib_a"))
    do("unset twice", lambda: Variable.unset("lib_a"))
    do("in a flow", in_a_flow)
    do("read", lambda: client.read_variable_by_name("lib_flow"), show=lambda found: [found.value, found.tags])
