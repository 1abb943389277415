"""Whether a definition is valid: by schemas that are shipped (`schemas`), or by asking the server (`dry_run`).

Both read it as it would go out (`definition`) and word what they find alike (`findings`). May import `client` and
`_machinery`; the server is asked through a Protocol.
"""

from aiokube.validation.dry_run import avalidate
from aiokube.validation.schemas import validate

__all__ = ["avalidate", "validate"]
