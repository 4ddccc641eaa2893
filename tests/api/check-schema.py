#!/usr/bin/env python3
"""Validates values against schemas of an OpenAPI document, for the tests in C: JSON Schema 2020-12 by the library
that everybody uses (Debian: python3-jsonschema), not by a reading of it of our own.

Reads lines of JSON: {"document": {...}} first, then any number of {"schema": {...}, "value": ...}, and answers each
with one line, null or a complaint as a string. Ends with its input.

The schemas are taken at their word and at their narrowest. Where a runtime of somebody else may add counters, the
document leaves room (additionalProperties), but here everything is of our own: an object whose members are listed may
have no others, so that a member that nobody has documented is found. An object that lists none may have any.
"""
import json
import sys

import jsonschema

Validator = jsonschema.Draft202012Validator

# What says something to people or tools, and nothing to a validator.
ANNOTATIONS = {"description", "default", "examples", "format", "contentMediaType", "contentSchema"}
KNOWN = set(Validator.VALIDATORS) | ANNOTATIONS


def narrowed(schema):
    """The schema with all lists of members closed."""
    if isinstance(schema, list):
        return [narrowed(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {key: narrowed(value) for key, value in schema.items()}
    if isinstance(schema.get("properties"), dict) and "type" in schema:
        closed["additionalProperties"] = False
    return closed


def schemas_below(schema, path):
    """Every schema in this one, with the path to it."""
    yield path, schema
    if not isinstance(schema, dict):
        return
    for key in ("items", "additionalProperties", "not", "contentSchema"):
        if key in schema:
            yield from schemas_below(schema[key], f"{path}/{key}")
    for key in ("oneOf", "anyOf", "allOf", "prefixItems"):
        for i, one in enumerate(schema.get(key, [])):
            yield from schemas_below(one, f"{path}/{key}/{i}")
    for key in ("properties", "$defs"):
        for name, one in schema.get(key, {}).items():
            yield from schemas_below(one, f"{path}/{key}/{name}")


def fault_of(document):
    """What is wrong with the document's schemas themselves, or None. A keyword with a typing error in it would pass
    everything; an object that neither lists its members nor says that it may have any, too."""
    contents = {
        f"{name} as {media}": content["schema"]
        for name, response in document["components"]["responses"].items()
        for media, content in response.get("content", {}).items()
    }
    for name, schema in {**document["components"]["schemas"], **contents}.items():
        try:
            Validator.check_schema(schema)
        except jsonschema.SchemaError as error:
            return f"{name} is no schema: {error.message}"
        for path, one in schemas_below(schema, name):
            if isinstance(one, bool):
                continue
            unknown = set(one) - KNOWN
            if unknown:
                return f"{path}: unknown keyword {sorted(unknown)[0]}"
            types = one.get("type", [])
            if "object" in ([types] if isinstance(types, str) else types) and "additionalProperties" not in one:
                return f"{path}: an object that does not say what else may be in it"
    return None


def complaint_of(validator, value):
    error = jsonschema.exceptions.best_match(validator.iter_errors(value))
    if error is None:
        return None
    place = "/".join(str(step) for step in error.absolute_path)
    return f"{place}: {error.message[:2000]}"


def main():
    components, validators = {}, {}
    for line in sys.stdin:
        asked = json.loads(line)
        if "document" in asked:
            components, validators = narrowed(asked["document"]["components"]), {}
            answer = fault_of(asked["document"])
        else:
            key = json.dumps(asked["schema"])
            if key not in validators:
                # "#/components/..." leads to the root of what the validator has, so they are put there.
                validators[key] = Validator({"components": components, "allOf": [narrowed(asked["schema"])]})
            answer = complaint_of(validators[key], asked["value"])
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
