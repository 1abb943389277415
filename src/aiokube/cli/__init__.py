"""The command line: `aiokube serve` and `aiokube demo`.

One file for each command; it reads its options and says what happens, and what it does with a cluster it does by
the public API alone. Needs the extra `cli`; nothing imports this package but `__main__`.
"""
