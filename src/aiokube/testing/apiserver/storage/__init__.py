"""What the server knows: objects as encoded bytes, one counter over all of them, and what happened lately.

Synchronous and in memory: a change is whole when the call returns, so nothing needs a lock, and who listens is
called before the next change. Knows nothing of kinds, of HTTP or of time.
"""

from .events import Event, EventType
from .storage import Collection, Storage
from .stored import Stored, encode

__all__ = ["Collection", "Event", "EventType", "Storage", "Stored", "encode"]
