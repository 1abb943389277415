"""All cases, topic by topic. A topic is a module here with a list `CASES`."""

import importlib
import pkgutil

from conformance.case import Case

__all__ = ["TOPICS"]

TOPICS: dict[str, list[Case]] = {
    module.name: importlib.import_module(f"{__name__}.{module.name}").CASES
    for module in sorted(pkgutil.iter_modules(__path__), key=lambda module: module.name)
}
