"""Controllers: what goes on in a cluster without being asked for.

Each has one job. It hears of every change of the resources it watches, notes what to look at, and later looks at
it and does what is missing, by the verbs that requests go through too. Nothing waits and nothing polls: what is
to happen later is a timer of the server's clock, so that a test that drives the clock drives everything.

May import `verbs` and what is below; knows nothing of HTTP.
"""
