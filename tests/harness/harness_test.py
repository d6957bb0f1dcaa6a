"""The harness itself: a wrong answer must fail a case, and a broken case file must not pass for an empty one."""

import socket
import tempfile
import time
import unittest
from pathlib import Path

from harness import case_file
from harness.patience import wait_until
from harness.pattern import BadPattern, compare
from harness.server import free_port
from harness.time_limit import Hung, TimeLimit


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


class Waiting(unittest.TestCase):
    def test_what_comes_in_the_end_is_returned(self):
        answers = iter([None, 0, "there"])
        self.assertEqual(wait_until(lambda: next(answers), "never"), "there")

    def test_who_was_held_up_looks_once_more(self):
        """As on a machine that stands still for longer than the wait."""
        answers = iter([None, "there"])
        self.assertEqual(wait_until(lambda: time.sleep(0.1) or next(answers), "never", seconds=0.05), "there")

    def test_what_never_comes_is_told(self):
        with self.assertRaisesRegex(AssertionError, "not within 0.01 s: a miracle"):
            wait_until(lambda: None, "a miracle", seconds=0.01)
        with self.assertRaisesRegex(AssertionError, "the story"):
            wait_until(lambda: None, lambda: "the story", seconds=0.01)

    def test_what_hangs_is_ended(self):
        limit = TimeLimit(step_seconds=0.05, seconds=60)
        self.addCleanup(limit.end)
        limit.step()
        with self.assertRaisesRegex(Hung, "it hangs"):
            time.sleep(60)
        self.assertFalse(limit.is_over())

    def test_all_of_the_time_is_bounded_too(self):
        limit = TimeLimit(step_seconds=60, seconds=0)
        self.addCleanup(limit.end)
        self.assertTrue(limit.is_over())
        with self.assertRaises(Hung):
            limit.step()
            time.sleep(60)


class Ports(unittest.TestCase):
    def test_a_port_is_given_to_a_server_and_to_no_other_test(self):
        address = ("127.0.0.1", free_port())
        with socket.socket() as other, self.assertRaises(OSError):
            other.bind(address)
        with socket.socket() as server:
            server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            server.bind(address)
            server.listen()
            socket.create_connection(address).close()

    def test_nobody_answers_before_a_server_does(self):
        with self.assertRaises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", free_port()))
