"""What objects look like: the types of kinds, and reading, completing and checking objects by them.

Functions on values: no I/O, no storage, no rule of a single kind. May import `errors` and `field_errors`.
"""
