"""What a namespace gives and what it does not let in: limit ranges and quotas.

Functions on values: a `Change`, and what the namespace says about it. Where that is kept, and when it is asked
for, is the business of `verbs`; that usage falls again when objects go is that of `controllers`.
"""

from .change import Change
from .limit_ranges import LIMIT_RANGES, are_limited, check_limits, give_defaults
from .measure import Measure
from .quotas import RESOURCE_QUOTAS, charge, counted
from .registry import measure_of

__all__ = [
    "LIMIT_RANGES",
    "RESOURCE_QUOTAS",
    "Change",
    "Measure",
    "are_limited",
    "charge",
    "check_limits",
    "counted",
    "give_defaults",
    "measure_of",
]
