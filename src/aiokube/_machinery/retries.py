"""Retries: what is sent again, and after how long. One table.

| what happened                              | which requests                | wait                              |
|--------------------------------------------|-------------------------------|-----------------------------------|
| 429 or 5xx with Retry-After                | all                           | as the server asks, 30 s at most, |
|                                            |                               | but no less than our own backoff  |
| 429 or 5xx without it, 3xx, any other 4xx  | none                          |                                   |
| connection lost after it was sent          | GET, HEAD, OPTIONS            | none at first, then 1 s           |
| connection refused, TLS not trusted        | none                          |                                   |
| deadline of the caller, any timeout        | none                          |                                   |
| 401                                        | all, once                     | none; the credentials are renewed |

Writes are never sent twice on a network error: the server may have carried them out. The first repetition of a read
needs no wait because the usual cause is a kept connection that the server had closed. Our own backoff begins with the
second repetition and doubles: a server that asks for 0 seconds, over and over, is not hammered.

Source: https://github.com/kubernetes/client-go/blob/v0.36.3/rest/with_retry.go
"""

from __future__ import annotations

from aiokube._machinery.requests import Request

LIMIT = 10  # repetitions of one request, as client-go's maxRetries
RETRY_AFTER_CAP = 30.0  # seconds; a server that asks for a day must not hang its clients
NETWORK_WAIT = 1.0  # seconds
BACKOFF = 0.1  # seconds before the second repetition after an answer, twice as many before each further one …
BACKOFF_CAP = 1.0  # … up to what a busy kube-apiserver asks for


def wait_after_answer(request: Request, status: int, retry_after: float | None, *, attempt: int = 0) -> float | None:
    """Return the seconds to wait before a request is sent again after an answer; None: it is not.

    Args:
        request: What was sent.
        status: The answer's status.
        retry_after: Seconds that the answer asked for, None when it did not.
        attempt: How often it has been repeated so far.
    """
    if not request.retry or retry_after is None or not (status == 429 or 500 <= status <= 599):
        return None
    own = min(BACKOFF * 2 ** (attempt - 1), BACKOFF_CAP) if attempt else 0.0
    return min(max(retry_after, own), RETRY_AFTER_CAP)


def wait_after_loss(request: Request, *, attempt: int) -> float | None:
    """Return the seconds to wait before a request is sent again after its connection was lost; None: it is not.

    Args:
        request: What was sent.
        attempt: How often it has been repeated so far.
    """
    if not request.retry or not request.safe:
        return None
    return NETWORK_WAIT if attempt else 0.0
