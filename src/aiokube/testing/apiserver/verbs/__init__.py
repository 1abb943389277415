"""What a request does: reading and writing objects by the rules that all kinds share, and by their own.

Each verb is a function of the cluster's state and of a `Call`. It either returns an `Outcome` or raises a
StatusError with nothing changed. Synchronous: nothing else happens in between.
"""
