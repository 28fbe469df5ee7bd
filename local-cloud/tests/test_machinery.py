"""The machinery with a small stack of its own: a function that tells what it was asked."""

import http.client
import json
import signal
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from urllib.parse import urlsplit

from localcloud import processes
from localcloud.assembly import Assembly, upload
from localcloud.functions import Functions
from localcloud.processes import Run
from localcloud.stacks import Stack
from localcloud.waiting import Failed, until
from localcloud.world import World

STUB = Path(__file__).parent / "stub"

A_WORLD_UNTIL_KILLED = """
import sys
from localcloud.processes import Run
from localcloud.world import World
with Run() as run, World(run):
    print(run.name, flush=True)
    sys.stdin.read()
"""


class Machinery(unittest.TestCase):
    """One emulator for all tests."""

    world: World
    assembly: Assembly
    stack: Stack

    @classmethod
    def setUpClass(cls) -> None:
        cls.world = cls.enterClassContext(World(cls.enterClassContext(Run())))
        cls.assembly = upload(cls.world.emulator, STUB)
        cls.stack = Stack(cls.world.emulator, "stub")
        cls.deploy()

    @classmethod
    def deploy(cls) -> None:
        cls.stack.deploy(cls.assembly, {"Stage": "first", "Unknown": "left out"})
        cls.world.gateway.point_at(next(iter(cls.stack.resources("AWS::ApiGatewayV2::Api").values())))

    def ask(
        self, method: str, target: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> tuple[http.client.HTTPResponse, bytes]:
        connection = http.client.HTTPConnection(urlsplit(self.world.gateway.url).netloc, timeout=30)
        connection.request(method, target, body, headers or {})
        response = connection.getresponse()
        content = response.read()
        connection.close()
        return response, content

    def test_a_request_reaches_the_function_whole(self) -> None:
        _, content = self.ask("PROPFIND", "/login//a%2Fb?x=1&x=%C3%BC", b"\xff\x00", {"Cookie": "a=1; b=2"})
        event = json.loads(content)
        self.assertEqual(event["requestContext"]["http"]["method"], "PROPFIND")
        self.assertEqual(event["rawPath"], "/login//a/b")
        self.assertEqual(event["rawQueryString"], "x=1&x=%C3%BC")
        self.assertEqual((event["body"], event["isBase64Encoded"]), ("/wA=", True))
        self.assertEqual(event["headers"]["cookie"], "a=1; b=2")
        self.assertEqual(event["headers"]["host"], urlsplit(self.world.gateway.url).netloc)
        self.assertRegex(event["headers"]["x-amzn-trace-id"], r"^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$")

    def test_an_answer_comes_back_whole(self) -> None:
        response, content = self.ask("GET", "/health")
        self.assertEqual(response.status, 418)
        self.assertEqual(response.headers["X-Role"], "echo")
        self.assertEqual(response.headers.get_all("Set-Cookie"), ["first=1; Path=/", "second=2; Path=/"])
        self.assertEqual(json.loads(content)["rawPath"], "/health")
        self.assertEqual(self.ask("HEAD", "/")[1], b"")

    def test_functions_stop_and_go_on_and_log(self) -> None:
        functions = Functions(self.world.emulator, self.stack)
        functions.stop()
        self.assertEqual(self.ask("GET", "/")[0].status, 429)
        functions.go_on()
        self.assertEqual(self.ask("GET", "/seen")[0].status, 418)
        until("a line in the log", lambda: "answered /seen" in functions.last_words(), 10)

    def test_a_change_set_that_is_refused_says_why(self) -> None:
        with self.assertRaisesRegex(Exception, "Stage.*pattern"):
            self.stack.deploy(self.assembly, {"Stage": "1"})

    def test_an_update_changes_a_parameter(self) -> None:
        self.stack.deploy(self.assembly, {"Stage": "second"})
        self.assertEqual(self.stack.outputs()["Stage"], "second")

    def test_what_cannot_be_waited_for_is_named(self) -> None:
        with self.assertRaisesRegex(Failed, r"waited 0\.2 s in vain for a wonder \(last seen: 0\)"):
            until("a wonder", lambda: 0, 0.2)

    def test_what_is_retained_stays_and_the_rest_goes(self) -> None:
        self.stack.delete()
        self.addCleanup(self.deploy)
        self.addCleanup(self.world.emulator.client("dynamodb").delete_table, TableName="kept")
        self.assertIsNone(self.stack.describe())
        self.assertEqual(self.world.emulator.client("dynamodb").list_tables()["TableNames"], ["kept"])
        self.assertEqual(self.world.emulator.client("lambda").list_functions()["Functions"], [])


class Ending(unittest.TestCase):
    """Nothing outlives a run, however it ends."""

    def end_with(self, number: signal.Signals | None) -> None:
        process = subprocess.Popen(
            [sys.executable, "-c", A_WORLD_UNTIL_KILLED], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert process.stdout and process.stdin
        run = process.stdout.readline().strip()
        self.assertTrue(processes.of_run(run))
        if number is None:
            process.stdin.close()
        else:
            process.send_signal(number)
        process.wait(timeout=30)
        until("every process to be gone", lambda: not processes.of_run(run), 20)
        process.stdout.close()
        process.stdin.close()

    def test_by_itself(self) -> None:
        self.end_with(None)

    def test_by_sigkill(self) -> None:
        self.end_with(signal.SIGKILL)

    def test_two_at_once_are_refused(self) -> None:
        lock = Path(self.enterContext(tempfile.TemporaryDirectory())) / "lock"
        with (
            processes.alone(lock),
            self.assertRaisesRegex(Failed, "another run is under way"),
            processes.alone(lock),
        ):
            self.fail("there are two at once")


if __name__ == "__main__":
    unittest.main()
