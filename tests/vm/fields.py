#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Whether the outputs of tierscope are what Documentation/tierscope.1 says.

fields.py FILE...: each is CSV or JSON, by the end of its name. Fails if one
cannot be parsed or they do not have the same fields; prints the fields.
"""
import csv
import json
import sys

LONG = ["section", "row", "field", "value", "reason"]


def csv_fields(text):
    if not text.endswith("\r\n") or "\r\n" not in text:
        sys.exit("lines do not end as RFC 4180 says")
    rows = list(csv.reader(text.splitlines(keepends=True), strict=True))
    for row in rows:
        if len(row) != len(rows[0]):
            sys.exit(f"{len(row)} columns, not {len(rows[0])}: {row}")
    if rows[0] == LONG:
        return {f"{row[0]}.{row[2]}" for row in rows[1:]}
    return set(rows[0])


def row_fields(row):
    for name, value in row.items():
        if value is None and name != "reason" and name not in (row["reason"] or {}):
            sys.exit(f"{name} is null without a reason")
    return set(row)


def json_fields(text):
    try:
        documents = [json.loads(text)]
    except json.JSONDecodeError:
        documents = [json.loads(line) for line in text.splitlines()]
    fields = set()
    for document in documents:
        if not document.pop("schema").startswith("tierscope."):
            sys.exit("another schema")
        if document.pop("version") < 1:
            sys.exit("another version")
        parts = [part for part in document.values() if isinstance(part, (list, dict))
                 and part is not document.get("reason")]
        if not parts:
            fields |= row_fields(document)
        elif len(parts) == 1:
            for row in parts[0]:
                fields |= row_fields(row)
        else:
            for name, part in document.items():
                for row in part if isinstance(part, list) else [part]:
                    fields |= {f"{name}.{field}" for field in row_fields(row) - {"reason"}}
    return fields


def fields_of(path):
    with open(path, newline="", encoding="utf-8") as file:
        text = file.read()
    found = csv_fields(text) if path.endswith(".csv") else json_fields(text)
    if not found:
        sys.exit(f"{path} has no field at all")
    return found


everything = [fields_of(path) for path in sys.argv[1:]]
for found in everything[1:]:
    if found != everything[0]:
        sys.exit(f"not in both: {sorted(found ^ everything[0])}")
print("\n".join(sorted(everything[0])))
