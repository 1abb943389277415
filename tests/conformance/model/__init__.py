"""The model test: random programs on APIServer and on a real control plane, and their histories compared.

A program is a case (see the head of `conformance`) that nobody wrote: `generator.py` makes it from a seed. It keeps a
rough model of what exists, so that most steps succeed and the others fail for a reason; the model decides nothing
about what is right, which the real server does alone. What programs are about stands in `kinds.py`: a kind is a line
in a table.

Programs are deterministic on both servers, though controllers work behind them: a step that sets garbage collection
off is followed by one that waits for what comes of it, a watch ends with the event of an object that was made for it,
and a read that may be answered from a cache comes after one that brings the cache up to date.

One program in four is halted in the middle: `running.py` compacts the history of both servers, and starts the real
one again, whose cache would go on answering. From then on what the program knows from before is met with 410.

`python -m conformance.model SEED…` (in `tests/`) runs some programs and shows the first disagreement of each, with
what led to it; `--all` shows every step, and `--write` what a program is without running it.
"""
