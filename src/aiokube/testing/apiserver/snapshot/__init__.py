"""What a real kube-apiserver 1.36 says of itself: its discovery, its OpenAPI documents, and the types of its kinds.

Data that `scripts/snapshot` makes, and functions that read them: nothing is read before it is asked for, and
OpenAPI, which is most of it, not before a document is. Whoever gets a value may not change it. Imports nothing
of the rest of the server.
"""

from .discovery import aggregated, group_lists, legacy, version
from .documents import openapi, openapi_index, schemas
from .types import FieldType, StructType, Type, constants, kinds, struct, structs

__all__ = [
    "FieldType",
    "StructType",
    "Type",
    "aggregated",
    "constants",
    "group_lists",
    "kinds",
    "legacy",
    "openapi",
    "openapi_index",
    "schemas",
    "struct",
    "structs",
    "version",
]
