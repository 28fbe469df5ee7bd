"""python3 -m unittest discover -s infra/cost"""

import copy
import json
import pathlib
import unittest

import cost
import machine
import usage
from prices import REGIONS
from sending import issue

PAGE = pathlib.Path(__file__).parent.parent.parent / "docs/cost.md"
PRICES = REGIONS["us-east-1"]


class Sending(unittest.TestCase):
    def test_a_slow_rate_claims_one_reader_with_two_rows(self):
        one = issue(1_000, 14)
        self.assertEqual(one.claims, 1_000)
        self.assertAlmostEqual(one.seconds, 1_000 * 1.05 / (0.9 * 14))
        self.assertFalse(one.waits)
        self.assertGreaterEqual(one.writes, 2_000)

    def test_the_sandbox_leaves_its_waits_to_the_state_machine(self):
        one = issue(100, 1)
        self.assertTrue(one.waits)
        self.assertEqual(one.rounds, 7)
        self.assertLess(one.busy_seconds, one.seconds * 16 / 10)

    def test_a_fast_rate_comes_to_what_was_measured(self):
        one = issue(100_000, 10_000)
        self.assertEqual(one.claims, 2_000)
        self.assertAlmostEqual(one.writes / 100, 21.3, delta=0.5)
        self.assertAlmostEqual(one.reads / 100, 59.4, delta=2)


class Machine(unittest.TestCase):
    def test_the_definition_has_these_ways(self):
        machine.check()

    def test_another_definition_is_told(self):
        definition = json.loads(machine.DEFINITION.read_text())
        other = copy.deepcopy(definition)
        other["States"]["Plan"]["Next"] = "Finish"
        with self.assertRaises(ValueError):
            machine.check(other)

    def test_transitions(self):
        self.assertEqual(machine.transitions(16, 1, waits=False), 8 + 16 * 5)
        self.assertEqual(machine.transitions(16, 3, waits=True), 8 + 16 * (3 * 3 + 2 + 2))


class Cost(unittest.TestCase):
    def test_every_unit_has_a_price_and_a_line(self):
        month, _ = usage.month(100_000, 50)
        self.assertEqual(set(month.units), set(PRICES))
        self.assertEqual(sorted(name for _, names in cost.LINES for name in names), sorted(PRICES))

    def test_the_parts_are_the_whole(self):
        month, _ = usage.month(100_000, 50)
        parts = (
            cost.total(month, PRICES, cost.is_standing)
            + cost.dollars(month, PRICES, ["ses mails"])
            + cost.by_use(PRICES)(month)
        )
        self.assertAlmostEqual(parts, cost.total(month, PRICES))

    def test_nothing_but_what_stands_grows_without_recipients(self):
        small, large = (usage.month(size, 50)[0] for size in (1_000, 1_000_000))
        standing = [cost.total(month, PRICES, cost.is_standing) for month in (small, large)]
        self.assertEqual(*standing)

    def test_the_page_has_what_is_printed(self):
        page = "\n".join(line.removeprefix("    ").rstrip() for line in PAGE.read_text().splitlines())
        for lines in (cost.table, cost.units):
            printed = "\n".join(line.rstrip() for line in lines(list(usage.RATES.items()), PRICES))
            self.assertIn(printed, page)


if __name__ == "__main__":
    unittest.main()
