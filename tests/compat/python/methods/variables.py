"""Variables."""

from prefect.client.schemas.actions import VariableCreate, VariableUpdate

from .common import names


def variables(teller):
    ask = teller.ask
    ask("read_variables")
    ask("read_variable_by_name", "nothing")
    values = ["text", "", 1, 1.5, True, None, [1, {"a": None}], {"deep": {"er": [1, 2]}}, "ü\n\u2028"]
    for index, value in enumerate(values):
        ask("create_variable", VariableCreate(name=f"value_{index}", value=value, tags=["b", "a"]))
        ask("read_variable_by_name", f"value_{index}", show=lambda found: found.value)
    ask("create_variable", VariableCreate(name="value_0", value="again"))
    ask("create_variable", VariableCreate(name="with-dash", value=1))
    ask("create_variable", VariableCreate.model_construct(name="Not Allowed!", value=1, tags=[]))
    ask("create_variable", VariableCreate.model_construct(name="", value=1, tags=[]))
    ask("create_variable", VariableCreate.model_construct(name="x" * 300, value=1, tags=[]))
    ask("create_variable", VariableCreate(name="long", value="x" * 4900), show=lambda made: len(made.value))
    ask("create_variable", VariableCreate.model_construct(name="longer", value="x" * 5001, tags=[]))
    ask("read_variables", show=lambda found: sorted(names(found)))
    ask("read_variables", limit=3, show=len)
    ask("read_variables", limit=0, show=len)
    ask("read_variables", limit=1000)
    ask("update_variable", VariableUpdate(name="value_1", value={"now": "this"}, tags=["new"]))
    ask("read_variable_by_name", "value_1")
    ask("update_variable", VariableUpdate(name="value_1", value=None))
    ask("read_variable_by_name", "value_1")
    ask("update_variable", VariableUpdate(name="value_1", tags=[]))
    ask("read_variable_by_name", "value_1")
    ask("update_variable", VariableUpdate(name="nothing", value=1))
    ask("delete_variable_by_name", "value_1")
    ask("delete_variable_by_name", "value_1")
    ask("read_variable_by_name", "value_1")
