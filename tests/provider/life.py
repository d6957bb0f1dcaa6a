"""The life of one resource: create, no difference, update, no difference, import, destroy; a check for each step."""

from dataclasses import dataclass

from harness import pattern

from .workspace import Failed


@dataclass
class Life:
    title: str
    address: str  # the resource this is about; others in the configuration are what it needs
    create: str
    update: str
    created: dict  # attributes that must be in the state, as patterns of the cases
    updated: dict
    read: str  # a field that is null once the resource is gone; {id} is its id without a prefix
    in_place: bool = True  # the update keeps the id
    imports: bool = True
    not_imported: tuple = ()  # attributes that no import can know


def _problems(expected, actual):
    return pattern.compare({**expected, "...": "..."}, actual, "attributes", {})


class Course:
    """Goes through one life; stops at the first step that cannot be followed by another."""

    def __init__(self, life, workspace, tally):
        self.life = life
        self.workspace = workspace
        self.tally = tally
        self.id = None

    def _check(self, step, problems, story=""):
        return self.tally.add(f"{self.life.title}: {step}", problems, story)

    def _apply(self, step, text, expected):
        self.workspace.configure(text)
        output = self.workspace.apply()
        actual = self.workspace.attributes(self.life.address)
        problems = _problems(expected, actual)
        if self.id and self.life.in_place and actual["id"] != self.id:
            problems.append(f"the id was {self.id}, now it is {actual['id']}")
        self.id = actual["id"]
        self._check(step, problems, output if problems else "")

    def _no_difference(self, after):
        difference = self.workspace.difference()
        self._check(f"no difference after {after}", ["a plan would change something"] if difference else [], difference)

    def _import(self):
        before = self.workspace.attributes(self.life.address)
        self.workspace.must("state", "rm", self.life.address)
        self.workspace.must("import", "-no-color", self.life.address, self.id)
        after = self.workspace.attributes(self.life.address)
        changed = [name for name, value in before.items() if name not in self.life.not_imported and after.get(name) != value]
        self._check("import", [f"{name}: {before[name]!r} became {after.get(name)!r}" for name in changed])
        self._no_difference("the import")

    def _destroy(self):
        self.workspace.must("destroy", "-auto-approve", "-no-color")
        self.workspace.server.renew_token()
        field = self.life.read.replace("{id}", self.id.rsplit("/", 1)[-1])
        left = self.workspace.server.graphql(f"{{ it: {field} }}")["it"]
        self._check("destroy", [f"still there: {left}"] if left else [])

    def run(self):
        try:
            self._apply("create", self.life.create, self.life.created)
            self._no_difference("creation")
            self._apply("update", self.life.update, self.life.updated)
            self._no_difference("the update")
            if self.life.imports:
                self._import()
            self._destroy()
        except (Failed, AssertionError) as problem:
            self._check("goes on", ["stopped"], str(problem))
