"""Validating- and MutatingWebhookConfigurations: who is to be asked, and about what. Nobody is asked here.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/apis/admissionregistration/validation/validation.go
    and https://github.com/kubernetes/apiserver/blob/v0.36.3/pkg/util/webhook/validation.go
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from aiokube.testing.apiserver import field_errors as fields
from aiokube.testing.apiserver.field_errors import FieldError
from aiokube.testing.apiserver.go import url as go_url
from aiokube.testing.apiserver.kinds import admission_rules, checks, label_selectors, names
from aiokube.testing.apiserver.kinds.admission_rules import AdmissionRules
from aiokube.testing.apiserver.kinds.rules import Context, Object, Rules

__all__ = ["BEHAVIOUR", "WebhookRules"]

_SIDE_EFFECTS = ("None", "NoneOnDryRun")
_REVIEW_VERSIONS = ("v1", "v1beta1")
_LONGEST_SECONDS: Final = 30
_LEAST_SEGMENTS: Final = 3
_URL_FORM = "; desired format: https://host[/path]"


class WebhookRules(AdmissionRules):
    def validate_create(self, new: Object, context: Context) -> Iterable[FieldError]:
        seen: set[str] = set()
        for index, hook in enumerate(new.get("webhooks") or ()):
            path, name = fields.item("webhooks", index), hook.get("name") or ""
            yield from _hook(hook, path)
            yield from _review_versions(
                hook.get("admissionReviewVersions") or [], fields.child(path, "admissionReviewVersions")
            )
            if name and name in seen:
                yield fields.duplicate(fields.child(path, "name"), name)
            seen.add(name)


def _hook(hook: Object, path: str) -> Iterator[FieldError]:
    yield from _qualified(hook.get("name") or "", fields.child(path, "name"))
    for index, rule in enumerate(hook.get("rules") or ()):
        yield from admission_rules.rule(rule, fields.item(fields.child(path, "rules"), index))
    for name, known in (
        ("failurePolicy", admission_rules.FAILURE_POLICIES),
        ("matchPolicy", admission_rules.MATCH_POLICIES),
    ):
        yield from checks.one_of(hook.get(name), known, fields.child(path, name))
    if hook.get("sideEffects") is None:
        yield fields.required(fields.child(path, "sideEffects"), f"must specify one of {', '.join(_SIDE_EFFECTS)}")
    yield from checks.one_of(hook.get("sideEffects"), _SIDE_EFFECTS, fields.child(path, "sideEffects"))
    seconds = hook.get("timeoutSeconds")
    if seconds is not None and not 1 <= seconds <= _LONGEST_SECONDS:
        words = f"the timeout value must be between 1 and {_LONGEST_SECONDS} seconds"
        yield fields.invalid(fields.child(path, "timeoutSeconds"), seconds, words)
    for name in ("namespaceSelector", "objectSelector"):
        yield from label_selectors.validate(hook.get(name), fields.child(path, name))
    policy = hook.get("reinvocationPolicy")
    yield from checks.one_of(policy, admission_rules.REINVOCATION_POLICIES, fields.child(path, "reinvocationPolicy"))
    yield from _client(hook.get("clientConfig") or {}, fields.child(path, "clientConfig"))
    yield from admission_rules.match_conditions(
        hook.get("matchConditions") or [], fields.child(path, "matchConditions")
    )


def _qualified(name: str, path: str) -> Iterator[FieldError]:
    if not name:
        yield fields.required(path)
    elif wrong := names.dns_subdomain(name):
        yield fields.invalid(path, name, ",".join(wrong))
    elif len(name.split(".")) < _LEAST_SEGMENTS:
        yield fields.invalid(path, name, "should be a domain with at least three segments separated by dots")


def _client(client: Object, path: str) -> Iterator[FieldError]:
    url, service = client.get("url"), client.get("service")
    if (url is None) == (service is None):
        yield fields.required(path, "exactly one of url or service is required")
    elif url is not None:
        yield from _url(url, fields.child(path, "url"))
    else:
        yield from _service(service or {}, fields.child(path, "service"))


def _url(text: str, path: str) -> Iterator[FieldError]:
    try:
        url = go_url.parse(text)
    except go_url.NotAURLError as error:
        yield fields.required(path, f"url must be a valid URL: {error}{_URL_FORM}")
        return
    if url.scheme != "https":
        yield fields.invalid(path, url.scheme, f"'https' is the only allowed URL scheme{_URL_FORM}")
    if not url.host:
        yield fields.invalid(path, "", f"host must be specified{_URL_FORM}")
    if url.user is not None:
        yield fields.invalid(path, url.user, "user information is not permitted in the URL")
    if url.fragment:
        yield fields.invalid(path, url.fragment, "fragments are not permitted in the URL")
    if url.query:
        yield fields.invalid(path, url.query, "query parameters are not permitted in the URL")


def _service(service: Object, path: str) -> Iterator[FieldError]:
    # kube-apiserver hands over name and namespace in the wrong order, and so says the one of the other.
    yield from checks.present(service.get("namespace"), fields.child(path, "name"))
    yield from checks.present(service.get("name"), fields.child(path, "namespace"))
    yield from checks.port(service.get("port") or 0, fields.child(path, "port"))
    yield from _url_path(service.get("path") or "", fields.child(path, "path"))


def _url_path(text: str, path: str) -> Iterator[FieldError]:
    if text in {"", "/"}:
        return
    if text == "//":
        yield fields.invalid(path, text, "segment[0] may not be empty")
        return
    if not text.startswith("/"):
        yield fields.invalid(path, text, "must start with a '/'")
    for index, step in enumerate(text[1:].removesuffix("/").split("/")):
        wrong = [f": {words}" for words in names.dns_subdomain(step)] if step else [" may not be empty"]
        yield from (fields.invalid(path, text, f"segment[{index}]{words}") for words in wrong)


def _review_versions(versions: Sequence[str], path: str) -> Iterator[FieldError]:
    accepted = ", ".join(_REVIEW_VERSIONS)
    if not versions:
        yield fields.required(path, f"must specify one of {accepted}")
        return
    for index, version in enumerate(versions):
        if version in versions[:index]:
            yield fields.invalid(fields.item(path, index), version, "duplicate version")
        else:
            yield from checks.matching(names.dns_1035_label, version, fields.item(path, index))
    if not set(versions) & set(_REVIEW_VERSIONS):
        yield fields.invalid(path, versions, f"must include at least one of {accepted}")


_GROUP = "admissionregistration.k8s.io"

BEHAVIOUR: Mapping[tuple[str, str], type[Rules]] = {
    (_GROUP, "MutatingWebhookConfiguration"): WebhookRules,
    (_GROUP, "ValidatingWebhookConfiguration"): WebhookRules,
}
