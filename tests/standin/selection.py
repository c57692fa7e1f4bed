"""Label and field selectors: each function turns the text into a predicate over objects."""

import re

import status

TERM = re.compile(r"\s*([^=!,()\s]+)\s*(?:(==|=|!=)\s*([^,()\s]*)|(in|notin)\s*\(([^)]*)\))?\s*")


def labels(text):
    return _all([_label_term(*term) for term in _terms(text)])


def fields(text):
    return _all([_field_term(*term) for term in _terms(text)])


def _all(tests):
    return lambda item: all(test(item) for test in tests)


def _terms(text):
    """(key, operator, values) for each; operators are in, notin, exists and absent."""
    for part in re.split(r",(?![^(]*\))", text) if text.strip() else []:
        absent = part.strip().startswith("!")
        match = TERM.fullmatch(part.strip().lstrip("!"))
        if not match:
            raise status.bad_request(f"unable to parse requirement: {part}")
        key, sign, value, word, values = match.groups()
        if sign:
            yield key, "notin" if sign == "!=" else "in", [value]
        elif word:
            yield key, word, [value.strip() for value in values.split(",")]
        else:
            yield key, "absent" if absent else "exists", []


def _label_term(key, operator, values):
    return lambda item: _holds((item["metadata"].get("labels") or {}).get(key), operator, values)


def _field_term(key, operator, values):
    if key not in ("metadata.name", "metadata.namespace", "type"):
        raise status.bad_request(f"field label not supported: {key}")
    path = key.split(".")
    return lambda item: _holds(_at(item, path), operator, values)


def _at(item, path):
    for step in path:
        item = item.get(step, {})
    return item


def _holds(value, operator, values):
    if operator == "exists":
        return value is not None
    if operator == "absent":
        return value is None
    return (value in values) == (operator == "in")
