"""The errors of the dynamic client, under the names that programs import; they live in `client.exceptions`."""

from aiokube.client.exceptions import *  # noqa: F403 - its __all__ is the list
from aiokube.client.exceptions import __all__ as __all__
