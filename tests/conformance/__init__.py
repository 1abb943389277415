"""Conformance: the same requests to APIServer and to a real control plane, and their answers held against each other.

A case is a named sequence of requests. Cases stand in `cases/<topic>.py`, in a list `CASES`, and are found there;
nothing else is to be done to add one:

    CASES = [
        case(
            "update-with-a-stale-version-is-a-conflict",
            post("configmaps", {"metadata": {"name": "a"}}, name="made"),
            put("configmaps/a", {"metadata": {"name": "a"}, "data": {"k": "v"}}),
            put("configmaps/a", {"metadata": {"name": "a", "resourceVersion": "${made.metadata.resourceVersion}"}}),
        ),
    ]

Paths: `configmaps/a` is in the namespace of the case, as is `apps/v1:deployments/web/scale?dryRun=All`; what starts
with a slash is sent as it is. Each case has a namespace of its own, `${ns}`, of the same name on both servers, with
the ServiceAccount and the root CA that controllers put there. Objects without a namespace are to be named after it
(`${ns}`, `x.${ns}.example.com`), and are deleted afterwards.

Bodies: dicts and lists are sent as JSON, texts and bytes as they are. `${name.path.to.0.field}` is replaced by what
the answer to the request of that name says; a string that is nothing else becomes the value itself.

Requests: `get`, `post`, `put`, `delete`, `merge`, `json_patch`, `strategic`, `apply`, `send` for anything else, `watch`
which reads so many events, `until` which repeats a GET until it has a status or says something.

Answers are compared in status, in the headers of `answers.HEADERS`, and in every field of the body, after masking
alone (`masking.py`): uids, times, resource versions, addresses, and names and tokens that the server made up. A uid
or version is masked by when it was first seen, so that two that must be the same, or must not, are. What may differ
nevertheless stands in `allowed.py`, ten at most.

`python -m conformance TOPIC_OR_CASE…` (in `tests/`) shows what both servers answer; `--real` asks the real one alone.
"""
