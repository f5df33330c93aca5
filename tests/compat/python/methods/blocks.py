"""Block types, schemas and documents."""


from prefect.client.schemas.actions import (
    BlockDocumentCreate,
    BlockDocumentUpdate,
    BlockSchemaCreate,
    BlockTypeCreate,
    BlockTypeUpdate,
)

from .common import NOBODY

FIELDS = {
    "title": "Told",
    "type": "object",
    "properties": {
        "host": {"title": "Host", "type": "string"},
        "password": {"title": "Password", "type": "string", "format": "password", "writeOnly": True},
        "many": {"title": "Many", "type": "object"},
    },
    "required": ["host"],
    "secret_fields": ["password", "many.*"],
    "block_type_slug": "told",
    "block_schema_references": {},
}


def documents_of(found):
    return [[each.name, each.block_type.slug if each.block_type else None] for each in found]


def blocks(teller):
    ask = teller.ask
    kind = ask(
        "create_block_type",
        BlockTypeCreate(
            name="Told",
            slug="told",
            logo_url="https://example.org/logo.png",
            documentation_url="https://example.org/docs",
            description="A block of a test",
            code_example="told()",
        ),
    )
    types(ask, kind)
    form = schemas(ask, kind)
    documents(ask, kind, form)
    ask("delete_block_type", kind.id)
    ask("delete_block_type", kind.id)
    ask("delete_block_type", NOBODY)
    ask("read_block_documents_by_type", "told", show=documents_of)
    ask("read_block_schemas", show=lambda found: any(each.block_type_id == kind.id for each in found))


def types(ask, kind):
    ask("create_block_type", BlockTypeCreate(name="Told", slug="told"))
    ask("create_block_type", BlockTypeCreate.model_construct(name="X", slug="Not a slug!"))
    ask("create_block_type", BlockTypeCreate.model_construct(name="", slug="empty"))
    ask("create_block_type", BlockTypeCreate(name="Prefect-like", slug="prefect-like"))
    ask("read_block_type_by_slug", "told")
    ask("read_block_type_by_slug", "none")
    ask("read_block_types", show=lambda found: sorted(each.slug for each in found))
    ask("update_block_type", kind.id, BlockTypeUpdate(description="Another", code_example="other()"))
    ask("update_block_type", kind.id, BlockTypeUpdate())
    ask("update_block_type", NOBODY, BlockTypeUpdate(description="x"))
    ask("read_block_type_by_slug", "told")
    secret = ask("read_block_type_by_slug", "secret", show=lambda found: [found.name, found.is_protected])
    ask("update_block_type", secret.id, BlockTypeUpdate(description="x"))
    ask("delete_block_type", secret.id)


def schemas(ask, kind):
    ask("get_most_recent_block_schema_for_block_type", kind.id)
    ask("get_most_recent_block_schema_for_block_type", NOBODY)
    form = ask(
        "create_block_schema",
        BlockSchemaCreate(fields=FIELDS, block_type_id=kind.id, capabilities=["told", "kept"], version="1"),
    )
    again = {"fields": FIELDS, "block_type_id": kind.id, "capabilities": ["other"]}
    ask("create_block_schema", BlockSchemaCreate(**again, version="1"))
    newer = {**FIELDS, "required": ["host", "password"]}
    ask("create_block_schema", BlockSchemaCreate(fields=newer, block_type_id=kind.id, version="2"))
    ask("create_block_schema", BlockSchemaCreate(fields=FIELDS, block_type_id=NOBODY))
    ask("create_block_schema", BlockSchemaCreate.model_construct(fields="none", block_type_id=kind.id))
    ask("read_block_schema_by_checksum", form.checksum)
    ask("read_block_schema_by_checksum", form.checksum, version="1")
    ask("read_block_schema_by_checksum", form.checksum, version="9")
    ask("read_block_schema_by_checksum", "sha256:none")
    ask("read_block_schemas", show=lambda found: [each.checksum for each in found if each.block_type_id == kind.id])
    ask("get_most_recent_block_schema_for_block_type", kind.id, show=lambda found: found.version)
    return form


def documents(ask, kind, form):
    def create(name, data, **more):
        ids = {"block_schema_id": form.id, "block_type_id": kind.id, **more}
        return ask("create_block_document", BlockDocumentCreate.model_construct(name=name, data=data, **ids))

    secret = {"host": "h", "password": "hidden", "many": {"a": "b", "c": 1}}
    one = create("told-one", secret)
    hidden = BlockDocumentCreate(name="told-two", data=secret, block_schema_id=form.id, block_type_id=kind.id)
    two = ask("create_block_document", hidden, include_secrets=False)
    create("told-one", {"host": "again"})
    create("Not ok!", {"host": "h"})
    create("incomplete", {})
    create("strange", {"host": 5, "unknown": True})
    create(None, {"host": "h"})
    create(None, {"host": "anonymous"}, is_anonymous=True)
    create("no-schema", {"host": "h"}, block_schema_id=NOBODY)
    create("no-type", {"host": "h"}, block_type_id=NOBODY)
    create("refers", {"host": "h", "many": {"$ref": {"block_document_id": str(one.id)}}})
    create("refers-to-nothing", {"host": "h", "many": {"$ref": {"block_document_id": str(NOBODY)}}})
    for secrets in (True, False):
        ask("read_block_document", one.id, include_secrets=secrets)
        ask("read_block_document_by_name", "told-two", "told", include_secrets=secrets)
        ask("read_block_documents_by_type", "told", include_secrets=secrets, show=lambda found: sorted(
            [str(each.name), each.data.get("password")] for each in found
        ))
    ask("read_block_document", NOBODY)
    ask("read_block_document_by_name", "none", "told")
    ask("read_block_document_by_name", "told-one", "none")
    ask("read_block_document_by_name", "refers", "told")
    ask("read_block_documents_by_type", "none")
    ask("read_block_documents_by_type", "told", limit=1, offset=1, show=documents_of)
    ask("read_block_documents_by_type", "told", limit=0)
    ask("read_block_documents_by_type", "told", limit=-1)
    ask("read_block_documents", show=lambda found: sorted(documents_of(found)))
    ask("read_block_documents", block_schema_type="told", limit=2, show=documents_of)
    ask("read_block_documents", limit=2, offset=100)
    ask("read_block_documents", limit=1000)
    updates(ask, one, two)


def updates(ask, one, two):
    ask("update_block_document", one.id, BlockDocumentUpdate(data={"host": "new"}))
    ask("read_block_document", one.id)
    ask("update_block_document", one.id, BlockDocumentUpdate(data={"host": "all"}, merge_existing_data=False))
    ask("read_block_document", one.id)
    ask("update_block_document", one.id, BlockDocumentUpdate(data={"password": "********"}))
    ask("read_block_document", one.id)
    ask("update_block_document", one.id, BlockDocumentUpdate(data={}, block_schema_id=NOBODY))
    ask("update_block_document", NOBODY, BlockDocumentUpdate(data={}))
    ask("delete_block_document", two.id)
    ask("delete_block_document", two.id)
    ask("read_block_document", two.id)
