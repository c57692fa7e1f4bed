"""Reads the fields of a JSON object and gathers what is wrong with them, as Zod does: the whole
list of issues makes one 422."""

import refusals

MISSING = object()
TYPES = {str: "string", bool: "boolean", dict: "object", list: "array", int: "number",
         float: "number", type(None): "null"}


class Form:
    def __init__(self, value, path=()):
        self.issues = []
        self._path = list(path)
        self._value = value if isinstance(value, dict) else {}
        if not isinstance(value, dict):
            self._wrong_type(self._path, "object", value)

    def text(self, name, minimum=0, maximum=None, default=MISSING, trim=False):
        """None for an optional field (default None) that is missing or null."""
        value = self._read(name, str, default)
        if not isinstance(value, str):
            return value
        value = value.strip() if trim else value
        if len(value) < minimum:
            self.issue(name, "too_small", f"String must contain at least {minimum} character(s)",
                       minimum=minimum, type="string", inclusive=True, exact=False)
        if maximum is not None and len(value) > maximum:
            self.issue(name, "too_big", f"String must contain at most {maximum} character(s)",
                       maximum=maximum, type="string", inclusive=True, exact=False)
        return value

    def boolean(self, name, default=MISSING):
        return self._read(name, bool, default)

    def object(self, name, default=MISSING):
        return self._read(name, dict, default)

    def array(self, name, default=MISSING):
        return self._read(name, list, default)

    def choice(self, name, options, default=MISSING):
        value = self._read(name, str, default)
        if isinstance(value, str) and value not in options:
            listed = " | ".join(f"'{option}'" for option in options)
            self.issue(name, "invalid_enum_value", f"Invalid enum value. Expected {listed}, "
                       f"received '{value}'", received=value, options=list(options))
        return value

    def folder(self, name="path", minimum=0):
        """Trimmed, / by default, without one trailing slash."""
        value = self.text(name, minimum, default="/", trim=True) or "/"
        return value[:-1] if len(value) > 1 and value.endswith("/") else value

    def issue(self, name, code, message, **more):
        path = self._path + ([] if name is None else [name])
        self.issues.append({"code": code, **more, "path": path, "message": message})

    def given(self, name):
        return name in self._value

    def done(self):
        if self.issues:
            raise refusals.invalid(self.issues)

    def _read(self, name, kind, default):
        value = self._value.get(name, MISSING)
        if value is MISSING or (value is None and default is None):
            if default is not MISSING:
                return default
            self._wrong_type(self._path + [name], TYPES[kind], MISSING)
            return None
        if not isinstance(value, kind):
            self._wrong_type(self._path + [name], TYPES[kind], value)
            return None
        return value

    def _wrong_type(self, path, expected, value):
        received = "undefined" if value is MISSING or value is None and not path \
            else TYPES[type(value)]
        message = "Required" if received == "undefined" else \
            f"Expected {expected}, received {received}"
        self.issues.append({"code": "invalid_type", "expected": expected, "received": received,
                            "path": path, "message": message})
