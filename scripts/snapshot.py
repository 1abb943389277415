"""Makes src/aiokube/testing/apiserver/snapshot/data: run by scripts/snapshot.

Two sources: what a real kube-apiserver answers, and what the Go program `types`, beside the programs of the
control plane, knows of the types that it decodes into. Both are of the version in the control plane's go.mod.
"""

from __future__ import annotations

import asyncio
import json
import os
import ssl
import subprocess
import sys
import urllib.request
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from aiokube.testing import ControlPlane
from aiokube.testing.controlplane.binaries import sources

DATA = Path(__file__).parents[1] / "src/aiokube/testing/apiserver/snapshot/data"
AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"

Json = dict[str, Any]


def main() -> None:
    answers, documents = asyncio.run(ask_server())
    go = json.loads(ask_go())
    components = {name: schema for _, name, schema in schemas(documents)}
    DATA.mkdir(exist_ok=True)
    write("discovery.json.gz", answers)
    write("types.json.gz", types(go, components, documents))
    write_documents(documents)
    for path in sorted(DATA.iterdir()):
        print(f"{path.stat().st_size:8} {path.name}")
    report_conditional_defaults(go["defaults"], components)


# What the server says.


async def ask_server() -> tuple[Json, Json]:
    """Return the answers about discovery by path, and the OpenAPI documents by name with "" for their index."""
    async with ControlPlane(controllers="none") as control_plane:
        return await asyncio.to_thread(ask_everything, control_plane)


def ask_everything(control_plane: ControlPlane) -> tuple[Json, Json]:
    tls = ssl.create_default_context(cafile=control_plane.ca_file)
    tls.load_cert_chain(control_plane.admin.certificate_file, control_plane.admin.key_file)

    def get(path: str, accept: str = "application/json") -> Any:
        request = urllib.request.Request(control_plane.url + path, headers={"Accept": accept})  # noqa: S310
        with urllib.request.urlopen(request, context=tls) as answer:  # noqa: S310
            return json.load(answer)

    index = get("/openapi/v3")
    documents = {name: get(place["serverRelativeURL"]) for name, place in index["paths"].items()}
    legacy = {path: get(path) for path in ("/", "/version", "/api", "/apis", "/api/v1")}
    for group in legacy["/apis"]["groups"]:
        legacy[f"/apis/{group['name']}"] = get(f"/apis/{group['name']}")
        for version in group["versions"]:
            legacy[f"/apis/{version['groupVersion']}"] = get(f"/apis/{version['groupVersion']}")
    for address in legacy["/api"]["serverAddressByClientCIDRs"]:
        address["serverAddress"] = "127.0.0.1:6443"
    aggregated = {path: get(path, AGGREGATED) for path in ("/api", "/apis")}
    return {"legacy": legacy, "aggregated": aggregated}, {"": index, **documents}


def schemas(documents: Json) -> Iterator[tuple[str, str, Json]]:
    for document, content in documents.items():
        for name, schema in content.get("components", {}).get("schemas", {}).items():
            yield document, name, schema


# What Go knows.


def ask_go() -> bytes:
    environment = os.environ | {"CGO_ENABLED": "0", "GOWORK": "off", "GOTOOLCHAIN": "local", "GOFLAGS": ""}
    command = ["go", "run", "-trimpath", "-buildvcs=false", "./types"]
    run = subprocess.run(command, cwd=sources(), env=environment, check=True, stdout=subprocess.PIPE)  # noqa: S603
    return run.stdout


def types(go: Json, components: Json, documents: Json) -> Json:
    """Return what Go's types and the schemas say together, in the form that snapshot/types.py reads."""
    structs = {name: struct(name, content, components) for name, content in go["structs"].items() if name in components}
    versions = {document.removeprefix("apis/").removeprefix("api/") for document in documents}
    kinds = {
        f"{kind['group']}/{kind['version']}/{kind['kind']}": kind["type"]
        for kind in go["kinds"]
        if kind["type"] in structs and "/".join(filter(None, (kind["group"], kind["version"]))) in versions
    }
    return {"structs": structs, "kinds": kinds, "constants": constants(go["defaults"], go["structs"], components)}


def struct(name: str, content: Json, components: Json) -> Json:
    schema = components[name]
    required = schema.get("required", ())
    fields = []
    for field in content["fields"]:
        facts = schema["properties"].get(field["name"], {})
        fields.append(
            {
                "name": field["name"],
                "type": described(field["type"], facts),
                "omit": field["omit"],
                "pointer": field["pointer"],
                "path": "" if field["path"] == field["name"] else field["path"],
                "required": field["name"] in required,
                "patch_strategies": list(filter(None, facts.get("x-kubernetes-patch-strategy", "").split(","))),
                "patch_merge_key": facts.get("x-kubernetes-patch-merge-key", ""),
                **({"default": facts["default"]} if "default" in facts else {}),
            }
        )
    return compact({"go": content["go"], "atomic": is_atomic(schema), "fields": list(map(compact, fields))})


def described(go: Json, facts: Json) -> Json:
    """Return a type with what the schema says of the place where it stands."""
    item = go.get("item")
    return compact(
        {
            "shape": go["shape"],
            "go": go["go"],
            "ref": go.get("ref", ""),
            "item": item and described(item, facts.get("items") or facts.get("additionalProperties") or {}),
            "list_type": facts.get("x-kubernetes-list-type", ""),
            "list_keys": facts.get("x-kubernetes-list-map-keys", []),
            "atomic": is_atomic(facts),
            "granular": facts.get("x-kubernetes-map-type") == "granular",
        }
    )


def is_atomic(schema: Json) -> bool:
    return schema.get("x-kubernetes-map-type") == "atomic"


def compact(values: Json) -> Json:
    """Leave out what is false or empty; a default that is either stays."""
    return {name: value for name, value in values.items() if value or name == "default"}


def constants(defaults: list[Json], structs: Json, components: Json) -> Json:
    """Return the values that fields without one got wherever they stood, by component and field."""
    found: dict[str, Json] = {}
    for default in defaults:
        values = list(map(json.loads, filter(None, default["seen"])))
        owner, name = default["struct"], default["field"]
        if owner in components and len(default["seen"]) == 1 and is_constant(structs[owner], name, values[0]):
            found.setdefault(owner, {})[name] = values[0]
    return found


def is_constant(content: Json, name: str, value: Any) -> bool:
    """Whether a value is the field's own: not what becomes of its parts, nor of a choice, nor the time of asking."""
    [field] = [field for field in content["fields"] if field["name"] == name]
    is_part = field["type"]["shape"] == "struct" and not field["pointer"]
    is_time = field["type"].get("ref", "").endswith(("Time", "MicroTime"))
    is_composed = value != {} if isinstance(value, dict) else isinstance(value, list)
    is_nothing = value == {} and field["type"]["shape"] == "map"
    return not (is_part or is_time or is_composed or is_nothing)


def report_conditional_defaults(defaults: list[Json], components: Json) -> None:
    for default in defaults:
        if default["struct"] in components and len(default["seen"]) > 1:
            values = ", ".join(f"{value or 'none'} ({count})" for value, count in default["seen"].items())
            print(f"conditional: {default['struct']} {default['field']}: {values}", file=sys.stderr)


# Files.


def write(name: str, value: Any) -> None:
    (DATA / name).write_bytes(compressed(value))


def compressed(value: Any) -> bytes:
    """Return JSON as gzip writes it, without a time."""
    packer = zlib.compressobj(9, wbits=31)
    return packer.compress(encoded(value)) + packer.flush()


def encoded(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def write_documents(documents: Json) -> None:
    """Write the documents with each schema once: they name the ones they have, by name and number of variant."""
    variants: dict[str, list[Json]] = {}
    with zipfile.ZipFile(DATA / "openapi.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for document, content in documents.items():
            if document:
                add(archive, f"documents/{document}.json", with_references(content, variants))
        add(archive, "schemas.json", variants)
        add(archive, "index.json", documents[""])


def with_references(document: Json, variants: dict[str, list[Json]]) -> Json:
    references: dict[str, int] = {}
    for name, schema in document["components"].get("schemas", {}).items():
        known = variants.setdefault(name, [])
        if schema not in known:
            known.append(schema)
        references[name] = known.index(schema)
    return {"document": document | {"components": without_schemas(document["components"])}, "schemas": references}


def without_schemas(components: Mapping[str, Any]) -> Json:
    return {name: value for name, value in components.items() if name != "schemas"}


def add(archive: zipfile.ZipFile, name: str, value: Any) -> None:
    """Add a member without a time, so that the same data make the same archive."""
    member = zipfile.ZipInfo(name)
    member.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(member, encoded(value), compresslevel=9)


if __name__ == "__main__":
    main()
