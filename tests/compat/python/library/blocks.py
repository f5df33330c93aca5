"""Blocks of classes of one's own: nested, secret, changed afterwards."""

from typing import Optional, Union

from prefect.blocks.core import Block
from prefect.blocks.system import Secret
from pydantic import Field, SecretStr


class Inner(Block):
    """A block within another."""

    _block_type_name = "Library Inner"
    _block_type_slug = "library-inner"
    user: str = "me"
    token: SecretStr = SecretStr("none")


class Other(Block):
    _block_type_name = "Library Other"
    _block_type_slug = "library-other"
    size: int


class Outer(Block):
    """Holds others.

    Example:
        ```python
        Outer.load("it")
        ```
    """

    _block_type_name = "Library Outer"
    _block_type_slug = "library-outer"
    _logo_url = "https://example.org/logo.svg"
    _documentation_url = "https://example.org/docs"
    inner: Inner
    either: Union[Inner, Other, None] = None
    listed: list[Other] = Field(default_factory=list)
    plain: dict = Field(default_factory=dict)
    secret: Optional[SecretStr] = None

    def get(self):
        return self.plain


def changed():
    class Other(Block):  # The same type of block with one field more.
        _block_type_name = "Library Other"
        _block_type_slug = "library-other"
        size: int
        colour: str

    return Other


def opened(block):
    """A block's data with its secrets."""
    told = {}
    for name in type(block).model_fields:
        value = getattr(block, name)
        if isinstance(value, Block):
            told[name] = [type(value).__name__, opened(value)]
        elif isinstance(value, SecretStr):
            told[name] = value.get_secret_value()
        elif isinstance(value, list):
            told[name] = [opened(each) if isinstance(each, Block) else each for each in value]
        else:
            told[name] = value
    return told


def blocks(story, client):
    do = story.attempt
    secret = Secret(value={"k": [1]})
    do("secret", lambda: secret.save("library-secret"), show=lambda _: "saved")
    do("secret again", lambda: Secret(value=1).save("library-secret"))
    do("load secret", lambda: Secret.load("library-secret").get())
    do("load by slug", lambda: Block.load("secret/library-secret").get())
    do("load none", lambda: Secret.load("library-none"))
    do("load no type", lambda: Block.load("library-none/x"))
    nested(story, client)
    schemas(story, client)
    do("delete", lambda: Secret.delete("library-secret"))
    do("delete twice", lambda: Secret.delete("library-secret"))


def nested(story, client):
    do = story.attempt
    inner = Inner(user="you", token="t-1")
    do("save inner", lambda: inner.save("library-inner"), show=lambda _: "saved")
    outer = Outer(inner=inner, either=Other(size=2), listed=[Other(size=3)], plain={"a": 1}, secret="s")
    do("save outer", lambda: outer.save("library-outer"), show=lambda _: "saved")
    do("load outer", lambda: Outer.load("library-outer"), show=opened)
    do("load a", lambda: Outer.aload("library-outer"), show=opened)
    do("load from ref", lambda: Outer.load_from_ref(str(outer._block_document_id)), show=opened)
    Inner(user="them", token="t-2").save("library-inner", overwrite=True)
    do("load with a new inner", lambda: Outer.load("library-outer"), show=opened)
    outer.plain = {"b": 2}
    do("overwrite", lambda: outer.save("library-outer", overwrite=True), show=lambda _: "saved")
    do("load overwritten", lambda: Outer.load("library-outer"), show=opened)
    do(
        "document",
        lambda: client.read_block_document_by_name("library-outer", "library-outer", include_secrets=False),
    )
    do("delete inner", lambda: Inner.delete("library-inner"))
    do("load without inner", lambda: Outer.load("library-outer"), show=opened)


def schemas(story, client):
    do = story.attempt
    do("register", Outer.register_type_and_schema, show=lambda _: "registered")
    kind = client.read_block_type_by_slug("library-outer")
    do("type", lambda: kind)
    do("schema", lambda: client.get_most_recent_block_schema_for_block_type(kind.id))
    Other(size=7).save("library-other")
    Changed = changed()
    do("load changed", lambda: Changed.load("library-other"), show=opened)
    do("load unchecked", lambda: Changed.load("library-other", validate=False), show=lambda found: found.size)
    loaded = Changed.load("library-other", validate=False)
    loaded.colour = "red"
    do("save changed", lambda: loaded.save("library-other", overwrite=True), show=lambda _: "saved")
    do("load saved", lambda: Changed.load("library-other"), show=opened)
    found = client.read_block_schemas()
    do("schemas", lambda: sorted(
        sorted(each.fields["properties"]) for each in found if each.fields["title"] == "Other"
    ))
