"""What a new object is compared with."""

from aiokube.testing.apiserver.ownership.blank import blank
from aiokube.testing.apiserver.schema.node import Field, Node, Omit, Shape


def test_a_built_in_kind_is_blank_as_gos_zero_value_is_written() -> None:
    scalar = Node(Shape.STRING)
    inner = Node(
        Shape.STRUCT,
        name="Inner",
        fields={
            "written": Field(scalar, Omit.NEVER),
            "left out": Field(scalar),
            "list": Field(Node(Shape.LIST, item=scalar), Omit.NEVER),
            "time": Field(Node(Shape.TIME), Omit.NEVER),
            "number": Field(Node(Shape.INTEGER), Omit.NEVER),
            "pointer": Field(Node(Shape.INTEGER), Omit.NEVER, pointer=True),
        },
    )
    struct = Node(
        Shape.STRUCT,
        name="Kind",
        fields={
            "never empty": Field(inner),
            "pointer": Field(inner, pointer=True),
            "zero": Field(inner, Omit.ZERO),
        },
    )
    assert blank(struct) == {"never empty": {"written": "", "list": None, "time": None, "number": 0, "pointer": None}}


def test_a_custom_kind_is_nothing_when_it_is_blank(node: Node) -> None:
    assert blank(node) == {}
