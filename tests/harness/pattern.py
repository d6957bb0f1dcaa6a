"""Compares an answer with the expectation of a case: JSON with wildcards, which may also remember what they met."""

import json
import re
import time

ULID = re.compile(r"[0-9A-HJKMNP-TV-Z]{26}")
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
JWT = re.compile(r"[\w-]+\.[\w-]+\.[\w-]+")
WILDCARD = re.compile(r"<(?P<kind>[a-z]+)(?: as (?P<name>\w+))?(?:: (?P<argument>.*))?>", re.DOTALL)
MORE = "..."


def _is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_int(value):
    return isinstance(value, int) and not isinstance(value, bool)


def _text_like(pattern):
    return lambda value, _: isinstance(value, str) and bool(pattern.fullmatch(value))


KINDS = {
    "any": lambda value, _: True,
    "string": lambda value, _: isinstance(value, str),
    "int": lambda value, _: _is_int(value),
    "number": lambda value, _: _is_number(value),
    "bool": lambda value, _: isinstance(value, bool),
    "list": lambda value, _: isinstance(value, list),
    "object": lambda value, _: isinstance(value, dict),
    "ulid": _text_like(ULID),
    "uuid": _text_like(UUID),
    "jwt": _text_like(JWT),
    # Unix seconds within a day of now, past or future.
    "time": lambda value, _: _is_int(value) and abs(value - time.time()) < 86400,
    "contains": lambda value, argument: isinstance(value, str) and argument in value,
    "lacks": lambda value, argument: isinstance(value, str) and argument not in value,
    "re": lambda value, argument: isinstance(value, str) and bool(re.search(argument, value)),
}


class BadPattern(ValueError):
    """The case file itself is wrong."""


def _short(value):
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 300 else text[:300] + "…"


def _compare_wildcard(wildcard, actual, place, saved):
    kind, name, argument = wildcard["kind"], wildcard["name"], wildcard["argument"]
    if kind not in KINDS:
        raise BadPattern(f"unknown wildcard {wildcard[0]}")
    if (argument is None) == (kind in ("contains", "lacks", "re")):
        raise BadPattern(f"{wildcard[0]}: only contains, lacks and re take an argument, and they need one")
    if not KINDS[kind](actual, argument):
        return [f"{place}: {_short(actual)} is not {wildcard[0]}"]
    if name:
        saved[name] = actual if isinstance(actual, str) else json.dumps(actual)
    return []


def _compare_objects(expected, actual, place, saved):
    if not isinstance(actual, dict):
        return [f"{place}: expected an object, got {_short(actual)}"]
    wanted = {key: value for key, value in expected.items() if key != MORE}
    problems = []
    for key, value in wanted.items():
        if value == "<absent>":
            problems += [f"{place}.{key}: should be absent"] if key in actual else []
        elif key not in actual:
            problems.append(f"{place}.{key}: missing")
        else:
            problems += compare(value, actual[key], f"{place}.{key}", saved)
    if MORE not in expected:
        problems += [f"{place}.{key}: not expected" for key in actual if key not in wanted]
    return problems


def _compare_unordered(expected, actual, place, saved):
    left = list(actual)
    for item in expected:
        found = next((other for other in left if not compare(item, other, place, {})), None)
        if found is None:
            return [f"{place}: nothing matches {_short(item)} in {_short(actual)}"]
        compare(item, found, place, saved)
        left.remove(found)
    return []


def _compare_lists(expected, actual, place, saved):
    if not isinstance(actual, list):
        return [f"{place}: expected a list, got {_short(actual)}"]
    open_ended = bool(expected) and expected[-1] == MORE
    items = expected[:-1] if open_ended else expected
    unordered = bool(items) and items[0] == "<unordered>"
    items = items[1:] if unordered else items
    if len(actual) < len(items) or (len(actual) > len(items) and not open_ended):
        return [f"{place}: expected {len(items)} items, got {len(actual)}: {_short(actual)}"]
    if unordered:
        return _compare_unordered(items, actual, place, saved)
    problems = []
    for index, item in enumerate(items):
        problems += compare(item, actual[index], f"{place}[{index}]", saved)
    return problems


def compare(expected, actual, place="$", saved=None):
    """The differences, one sentence each; values met by "<kind as name>" go into saved."""
    saved = {} if saved is None else saved
    if isinstance(expected, dict):
        return _compare_objects(expected, actual, place, saved)
    if isinstance(expected, list):
        return _compare_lists(expected, actual, place, saved)
    if isinstance(expected, str):
        wildcard = WILDCARD.fullmatch(expected)
        if wildcard:
            return _compare_wildcard(wildcard, actual, place, saved)
    if type(expected) is not type(actual) or expected != actual:
        return [f"{place}: expected {_short(expected)}, got {_short(actual)}"]
    return []
