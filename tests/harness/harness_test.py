"""The harness itself: a wrong answer must fail a case, and a broken case file must not pass for an empty one."""

import tempfile
import unittest
from pathlib import Path

from harness import case_file
from harness.pattern import BadPattern, compare


class Patterns(unittest.TestCase):
    def test_what_is_equal_matches(self):
        for value in (None, True, 1, 1.5, "a", [1, {"b": []}], {}):
            self.assertEqual(compare(value, value), [])

    def test_kinds_of_json_are_not_mixed(self):
        for expected, actual in ((1, True), (1, 1.0), ("1", 1), (None, False), ([], {}), ("<int>", True)):
            self.assertNotEqual(compare(expected, actual), [])

    def test_an_object_is_exact_unless_it_says_more(self):
        self.assertEqual(compare({"a": 1}, {"a": 1, "b": 2}), ["$.b: not expected"])
        self.assertEqual(compare({"a": 1, "...": "..."}, {"a": 1, "b": 2}), [])
        self.assertEqual(compare({"a": 1}, {}), ["$.a: missing"])
        self.assertEqual(compare({"a": "<absent>"}, {}), [])
        self.assertNotEqual(compare({"a": "<absent>"}, {"a": None}), [])

    def test_a_list_is_exact_unless_it_says_more(self):
        self.assertNotEqual(compare([1], [1, 2]), [])
        self.assertNotEqual(compare([1, 2], [1]), [])
        self.assertEqual(compare([1, "..."], [1, 2]), [])
        self.assertEqual(compare(["<unordered>", 2, 1], [1, 2]), [])
        self.assertNotEqual(compare(["<unordered>", 2, 2], [1, 2]), [])

    def test_wildcards_check_and_remember(self):
        saved = {}
        self.assertEqual(compare({"id": "<string as id>"}, {"id": "x"}, saved=saved), [])
        self.assertEqual(saved, {"id": "x"})
        self.assertEqual(compare("<contains: b>", "abc"), [])
        self.assertNotEqual(compare("<lacks: b>", "abc"), [])
        self.assertNotEqual(compare("<re: ^b>", "abc"), [])
        self.assertNotEqual(compare("<ulid>", "01ARZ3NDEKTSV4RRFFQ69G5FA"), [])

    def test_an_unknown_wildcard_is_an_error(self):
        for pattern in ("<text>", "<contains>", "<int: 5>"):
            with self.assertRaises(BadPattern):
                compare(pattern, 1)


class CaseFiles(unittest.TestCase):
    def read(self, text):
        with tempfile.NamedTemporaryFile("w", suffix=".case") as file:
            file.write(text)
            file.flush()
            return case_file.read(Path(file.name))

    def test_a_case_has_requests_and_expectations(self):
        (case,) = self.read(
            '# One\n# case.\nPOST /a\nas: nobody\n\n{"a":\n 1}\n=> 201\nLocation: /b\n\n{"b": 2}\n\nGET /b\n=> 404\n'
        )
        self.assertEqual(case.title, "One case.")
        first, second = case.steps
        self.assertEqual((first.method, first.path, first.headers), ("POST", "/a", {"as": "nobody"}))
        self.assertEqual((first.body, first.status), ('{"a":\n 1}', 201))
        self.assertEqual((first.expected_headers, first.expected), ({"location": "/b"}, '{"b": 2}'))
        self.assertEqual((second.path, second.status, second.expected), ("/b", 404, ""))

    def test_broken_files_are_errors(self):
        for text in ("GET /a\n=> 200\n", "# a\n", "# a\nGET /a\n", "# a\nFETCH /a\n=> 200\n"):
            with self.assertRaises(case_file.CaseFileError):
                self.read(text)
