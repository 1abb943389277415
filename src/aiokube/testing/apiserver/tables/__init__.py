"""Tables: objects as rows of cells, as `kubectl get` shows them, and as metadata alone.

Functions on values: no I/O, no clock; ages are relative to a time that is passed in. One file for each family
of kinds; `catalog` says which kind has which cells. May import `errors` and `field_errors`.
"""

from .catalog import builtin_printer
from .columns import Column
from .custom import CustomColumn, custom_printer
from .printer import Printer
from .table import Include, parse_include, partial_metadata, table

__all__ = [
    "Column",
    "CustomColumn",
    "Include",
    "Printer",
    "builtin_printer",
    "custom_printer",
    "parse_include",
    "partial_metadata",
    "table",
]
