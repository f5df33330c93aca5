"""The server itself, and the one setting that it keeps for clients."""

from prefect.client.schemas.actions import BlockDocumentCreate

from .common import NOBODY


def server(teller):
    ask = teller.ask
    ask("api_healthcheck")
    ask("hello")
    ask("api_version", show=lambda version: bool(version))
    ask("client_version", show=lambda version: bool(version))
    ask("raise_for_api_version_mismatch")
    ask("raise_for_api_version_mismatch_once")
    ask("read_worker_metadata", show=lambda kinds: sorted(type(kinds).__name__))
    ask("request", "GET", "/variables/name/{name}", path_params={"name": "none"})
    ask("request", "POST", "/flows/count", json={})
    ask("request", "GET", "/flows/{id}", path_params={"id": NOBODY})
    ask("request", "GET", "/flows/{id}")
    storage(ask)


def storage(ask):
    ask("read_server_default_result_storage")
    ask("update_server_default_result_storage", NOBODY)
    kind = ask("read_block_type_by_slug", "local-file-system", show=lambda found: found.slug)
    if kind is None:
        kind = ask("read_block_type_by_slug", "secret", show=lambda found: found.slug)
    form = ask(
        "get_most_recent_block_schema_for_block_type", kind.id, show=lambda found: found.checksum
    )
    document = ask(
        "create_block_document",
        BlockDocumentCreate(
            name="results", data={"basepath": "/tmp"}, block_schema_id=form.id, block_type_id=kind.id
        ),
        show=lambda made: made.name,
    )
    if document is None:
        return
    ask("update_server_default_result_storage", document.id)
    ask("read_server_default_result_storage")
    ask("clear_server_default_result_storage")
    ask("read_server_default_result_storage")
    ask("update_server_default_result_storage", document.id)
    ask("delete_block_document", document.id)
    ask("read_server_default_result_storage")
    ask("clear_server_default_result_storage")
