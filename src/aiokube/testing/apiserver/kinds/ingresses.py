"""Ingresses and their classes.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/apis/networking/validation/validation.go
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from aiokube.testing.apiserver import field_errors as fields
from aiokube.testing.apiserver.errors import GroupResource
from aiokube.testing.apiserver.field_errors import FieldError
from aiokube.testing.apiserver.kinds import checks, ip_addresses, names
from aiokube.testing.apiserver.kinds.rules import Context, Object, Rules

__all__ = ["BEHAVIOUR", "IngressClassRules", "IngressRules"]

_CLASSES = GroupResource("networking.k8s.io", "ingressclasses")
_CLASS_ANNOTATION = "kubernetes.io/ingress.class"
_DEFAULT_ANNOTATION = "ingressclass.kubernetes.io/is-default-class"
_PATH_TYPES = ("Exact", "ImplementationSpecific", "Prefix")
_SCOPES = ("Cluster", "Namespace")
_BAD_SEQUENCES = ("//", "/./", "/../", "%2f", "%2F")
_BAD_ENDS = ("/..", "/.")
_CONTROLLER_LIMIT: Final = 250
_HTTP_PATH = r"[A-Za-z0-9/\-._~%!$&'()*+,;=:]+"


class IngressRules(Rules):
    def admit_create(self, new: Object, context: Context) -> None:
        """Give an Ingress that names no class the default one, the newest when there are several."""
        spec = new.get("spec") or {}
        if spec.get("ingressClassName") is not None or _CLASS_ANNOTATION in _annotations(new):
            return
        defaults = [one for one in context.list(_CLASSES) if _annotations(one).get(_DEFAULT_ANNOTATION) == "true"]
        if defaults:
            defaults.sort(key=lambda one: str(one["metadata"]["name"]))
            newest = max(defaults, key=lambda one: str(one["metadata"]["creationTimestamp"]))
            new["spec"] = spec | {"ingressClassName": newest["metadata"]["name"]}

    def validate_create(self, new: Object, context: Context) -> Iterable[FieldError]:
        yield from _spec(new.get("spec") or {}, None)
        value, name = _annotations(new).get(_CLASS_ANNOTATION), (new.get("spec") or {}).get("ingressClassName")
        if value is not None and name is not None and value != name:
            at = fields.child("annotations", _CLASS_ANNOTATION)
            yield fields.invalid(at, value, "must match `ingressClassName` when both are specified")

    def validate_update(self, new: Object, old: Object, context: Context) -> Iterable[FieldError]:
        return _spec(new.get("spec") or {}, old.get("spec") or {})

    def validate_status(self, new: Object, old: Object, context: Context) -> Iterable[FieldError]:
        known = {ingress.get("ip") for ingress in _load_balancer(old)}
        for index, ingress in enumerate(_load_balancer(new)):
            at = fields.item("status.loadBalancer.ingress", index)
            if (address := ingress.get("ip")) and address not in known:
                yield from checks.matching(ip_addresses.address, address, fields.child(at, "ip"))
            if host := ingress.get("hostname"):
                yield from checks.matching(names.dns_subdomain, host, fields.child(at, "hostname"))
                yield from _not_an_address(host, fields.child(at, "hostname"))

    def warnings(self, new: Object, old: Object | None) -> Iterable[str]:
        named = (new.get("spec") or {}).get("ingressClassName") is not None
        if old is None and not named and _CLASS_ANNOTATION in _annotations(new):
            yield f"annotation \"{_CLASS_ANNOTATION}\" is deprecated, please use 'spec.ingressClassName' instead"


class IngressClassRules(Rules):
    def validate_create(self, new: Object, context: Context) -> Iterable[FieldError]:
        spec = new.get("spec") or {}
        yield from _controller(spec.get("controller") or "", "spec.controller")
        if (parameters := spec.get("parameters")) is not None:
            yield from _parameters(parameters, "spec.parameters")

    def validate_update(self, new: Object, old: Object, context: Context) -> Iterable[FieldError]:
        after, before = ((one.get("spec") or {}).get("controller") or "" for one in (new, old))
        yield from checks.immutable(after, before, "spec.controller")
        yield from self.validate_create(new, context)


def _spec(spec: Object, old: Object | None) -> Iterator[FieldError]:
    backend = spec.get("defaultBackend")
    if not spec.get("rules") and backend is None:
        words = "either `defaultBackend` or `rules` must be specified"
        yield fields.invalid("spec", spec.get("rules"), words)
    if backend is not None:
        yield from _backend(backend, "spec.defaultBackend")
    lenient = old is not None and any(_is_bad_wildcard(rule) for rule in old.get("rules") or ())
    for index, rule in enumerate(spec.get("rules") or ()):
        yield from _rule(rule, fields.item("spec.rules", index), lenient)
    yield from _tls(spec.get("tls") or [], (old or {}).get("tls") or [])
    if (name := spec.get("ingressClassName")) is not None:
        yield from checks.matching(names.dns_subdomain, name, "spec.ingressClassName")


def _rule(rule: Object, path: str, lenient: bool) -> Iterator[FieldError]:
    host, at = rule.get("host") or "", fields.child(path, "host")
    if host:
        yield from _not_an_address(host, at)
        yield from checks.matching(_host_check(host), host, at)
    if not (lenient and "*" in host):
        yield from _http(rule, path)


def _host_check(host: str) -> checks.Check:
    return names.wildcard_dns_subdomain if "*" in host else names.dns_subdomain


def _not_an_address(host: str, path: str) -> Iterator[FieldError]:
    if ip_addresses.parse(host) is not None:
        yield fields.invalid(path, host, "must be a DNS name, not an IP address")


def _is_bad_wildcard(rule: Object) -> bool:
    return "*" in (rule.get("host") or "") and any(_http(rule, ""))


def _http(rule: Object, path: str) -> Iterator[FieldError]:
    if (http := rule.get("http")) is None:
        return
    at = fields.child(path, "http", "paths")
    if not http.get("paths"):
        yield fields.required(at)
    for index, one in enumerate(http.get("paths") or ()):
        yield from _http_path(one, fields.item(at, index))


def _http_path(entry: Object, path: str) -> Iterator[FieldError]:
    kind, text, at = entry.get("pathType"), entry.get("path") or "", fields.child(path, "path")
    if kind is None:
        yield fields.required(fields.child(path, "pathType"), "pathType must be specified")
        return
    if kind not in _PATH_TYPES:
        yield fields.not_supported(fields.child(path, "pathType"), kind, _PATH_TYPES)
    elif not text.startswith("/") and (text or kind != "ImplementationSpecific"):
        yield fields.invalid(at, text, "must be an absolute path")
    if kind in {"Exact", "Prefix"}:
        for sequence in _BAD_SEQUENCES:
            if sequence in text:
                yield fields.invalid(at, text, f"must not contain '{sequence}'")
        for end in _BAD_ENDS:
            if text.endswith(end):
                yield fields.invalid(at, text, f"cannot end with '{end}'")
    yield from _backend(entry.get("backend") or {}, fields.child(path, "backend"))


def _backend(backend: Object, path: str) -> Iterator[FieldError]:
    resource, service = backend.get("resource"), backend.get("service")
    if resource is not None and service is not None:
        yield fields.invalid(path, "", "cannot set both resource and service backends")
    elif resource is not None:
        yield from _reference(resource, fields.child(path, "resource"))
    elif service is not None:
        yield from checks.present(service.get("name"), fields.child(path, "service", "name"), names.dns_label)
        yield from _service_port(service.get("port") or {}, path)
    else:
        yield fields.invalid(path, "", "resource or service backend is required")


def _service_port(port: Object, path: str) -> Iterator[FieldError]:
    name, number = port.get("name") or "", port.get("number") or 0
    if name and number:
        yield fields.invalid(path, "", "cannot set both port name & port number")
    elif name:
        yield from checks.matching(names.port_name, name, fields.child(path, "service", "port", "name"))
    elif number:
        yield from checks.matching(names.port_number, number, fields.child(path, "service", "port", "number"))
    else:
        yield fields.required(path, "port name or number is required")


def _reference(reference: Object, path: str) -> Iterator[FieldError]:
    if (group := reference.get("apiGroup")) is not None:
        yield from checks.matching(names.dns_subdomain, group, fields.child(path, "apiGroup"))
    for name in ("kind", "name"):
        yield from checks.present(reference.get(name), fields.child(path, name), names.path_segment)


def _tls(entries: list[Object], old: list[Object]) -> Iterator[FieldError]:
    lenient = any(one.get("secretName") and names.dns_subdomain(one["secretName"]) for one in old)
    for index, entry in enumerate(entries):
        path = fields.item("spec.tls", index)
        for number, host in enumerate(entry.get("hosts") or ()):
            yield from checks.matching(_host_check(host), host, fields.item(fields.child(path, "hosts"), number))
        if (secret := entry.get("secretName")) and not lenient:
            yield from checks.matching(names.dns_subdomain, secret, fields.child(path, "secretName"))


def _controller(controller: str, path: str) -> Iterator[FieldError]:
    if len(controller.encode()) > _CONTROLLER_LIMIT:
        yield fields.too_long(path, _CONTROLLER_LIMIT)
    host, _, rest = controller.partition("/")
    if not controller:
        yield fields.required(path)
    elif not host or not rest:
        yield fields.invalid(path, controller, 'must be a domain-prefixed path (such as "acme.io/foo")')
    else:
        yield from checks.matching(names.dns_subdomain, host, path)
        if not re.fullmatch(_HTTP_PATH, rest):
            yield fields.invalid(path, rest, names.pattern_error("Invalid path", _HTTP_PATH))


def _parameters(parameters: Object, path: str) -> Iterator[FieldError]:
    yield from _reference(parameters, path)
    scope, namespace = parameters.get("scope"), parameters.get("namespace")
    at = fields.child(path, "namespace")
    if scope is None:
        yield fields.required(fields.child(path, "scope"))
    elif scope not in _SCOPES:
        yield fields.not_supported(fields.child(path, "scope"), scope, _SCOPES)
    elif scope == "Cluster" and namespace is not None:
        yield fields.forbidden(at, "`parameters.scope` is set to 'Cluster'")
    elif scope == "Namespace" and namespace is None:
        yield fields.required(at, "`parameters.scope` is set to 'Namespace'")
    elif scope == "Namespace":
        yield from checks.matching(names.dns_label, namespace, at)


def _load_balancer(ingress: Object) -> list[Object]:
    return ((ingress.get("status") or {}).get("loadBalancer") or {}).get("ingress") or []


def _annotations(obj: Object) -> Mapping[str, str]:
    return obj["metadata"].get("annotations") or {}


BEHAVIOUR: Mapping[tuple[str, str], type[Rules]] = {
    ("networking.k8s.io", "Ingress"): IngressRules,
    ("networking.k8s.io", "IngressClass"): IngressClassRules,
}
