"""Custom kinds: their definitions, their objects, and what the server serves of them.

Pure: a definition goes in, and descriptions, rules, codecs, rows, discovery entries and documents come out; the
server keeps the objects. May import `schema`, `kinds`, `tables`, `codec`, and nothing that does I/O.
"""
