"""Kubernetes without I/O: what both roles, client and server, need to know.

Here are rules on values: names and paths, parameters, requests, Status, discovery documents, watch streams,
lazily decoded objects. Not here: asyncio, aiohttp, ssl, files, environment, clocks. Nothing of aiokube may be
imported but other modules of this package. If a rule can be tested with bytes, it belongs here.
"""
