"""The wire: HTTP requests to calls, and what comes of them to answers.

The only part of the server that knows aiohttp. Addressing and negotiation are functions on values; `handler`
is the way of a request through the server; `watching` alone writes answers that go on.
"""
