"""Selections of a type, written from what introspection says."""

INTROSPECTION = """{ __schema { types { name kind possibleTypes { name } fields {
  name args { type { kind } defaultValue } type { kind name ofType { kind name ofType { kind name ofType { kind name } } } } } } } }"""


def innermost(reference):
    """(kind and name of the type, whether it stands in a list)."""
    is_list = False
    while reference["kind"] in ("NON_NULL", "LIST"):
        is_list = is_list or reference["kind"] == "LIST"
        reference = reference["ofType"]
    return reference, is_list


def needs_arguments(field):
    return any(argument["type"]["kind"] == "NON_NULL" and argument["defaultValue"] is None for argument in field["args"])


class Schema:
    """Writes selections from what introspection says."""

    def __init__(self, server):
        self.types = {kind["name"]: kind for kind in server.graphql(INTROSPECTION)["__schema"]["types"]}

    def fields(self, name):
        return [field for field in self.types[name]["fields"] if not needs_arguments(field)]

    def selection(self, field, depth):
        """The field with everything in it down to `depth` objects; None when nothing would be left."""
        kind, _ = innermost(field["type"])
        if kind["kind"] in ("SCALAR", "ENUM"):
            return field["name"]
        if depth == 0 or kind["kind"] != "OBJECT":
            return None
        inside = [self.selection(below, depth - 1) for below in self.fields(kind["name"])]
        return f"{field['name']} {{ {' '.join(filter(None, inside))} }}" if any(inside) else None
