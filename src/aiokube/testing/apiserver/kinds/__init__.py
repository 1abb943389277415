"""What is special about single kinds: their defaults, validation, life cycle and field labels.

One file for each kind or family of kinds; what several need (names, quantities) has a file of its own. No I/O
and no storage: rules see the server through `Context`. A kind that is not here behaves as all kinds do.
"""
