"""The checks of the soak find what they are for: PYTHONPATH=scripts python3 -m unittest soaking.test_checks"""

import http.client
import http.server
import json
import tempfile
import threading
import types
import unittest

from soaking import checks, report
from soaking.chain import Follower, field, first_field
from soaking.jobs import Attempt, Board
from soaking.proxy import ANSWERS, OTHERS, Proxy

CONTRACTS = {"jobs": "the market", "registry": "the registry"}


class Told:
    """A requester's attempts and the chain's events, as a run would have them."""

    def __init__(self, posted):
        self.board, self.follower = Board(), Follower(types.SimpleNamespace(contracts=CONTRACTS), 1)
        for job_id in posted:
            self.event("job_posted", job_id, requester="alice", workers=3, price=20)

    def event(self, name, job_id, contract="jobs", **attributes):
        pairs = {"_contract_address": CONTRACTS[contract], "job_id": job_id, **attributes}
        pairs = [{"key": key, "value": str(value)} for key, value in pairs.items()]
        self.follower.note({"type": f"wasm-{name}", "attributes": pairs})

    def attempt(self, outcomes, posts=1, is_over=True, values=None):
        attempt = Attempt("requester-1", "match", posts)
        attempt.job_ids, attempt.is_over, attempt.values = set(outcomes), is_over, values or {}
        attempt.outcomes = {job_id: outcome for job_id, outcome in outcomes.items() if outcome}
        self.board.begin(attempt)

    def found(self):
        network = types.SimpleNamespace(follower=self.follower)
        attempts, on_chain = self.board.of("requester-1"), self.follower.of("alice")
        problems = [*checks.of_requester(network, attempts, on_chain, "requester-1"), *checks.of_chain(self.follower)]
        return {(problem.kind, problem.job_id) for problem in [*problems, *checks.answers(self.board)]}


class Checks(unittest.TestCase):
    def test_a_market_is_compared_with_its_balance_after_the_same_block(self):
        def market(*answers):
            left = list(answers)
            chain = types.SimpleNamespace(contracts=CONTRACTS, query_at=lambda contract, message: left.pop(0))
            return [problem.kind for problem in checks.market(types.SimpleNamespace(chain=chain))]

        def owes(height, escrowed):
            return height, {"escrowed": str(escrowed), "claimable": "5"}

        def holds(height, units):
            return height, {"balance": str(units)}

        self.assertEqual(market(owes(7, 20), holds(7, 25)), [])
        self.assertEqual(market(owes(7, 20), holds(7, 45)), ["money"])
        self.assertEqual(market(owes(7, 20), holds(8, 45), owes(8, 40), holds(8, 45)), [])
        self.assertEqual(market(*[owes(7, 20), holds(8, 45)] * 5), [])

    def test_jobs_that_end_once_as_their_requester_says_are_right(self):
        told = Told([1, 2])
        told.event("job_settled", 1, paid=33, refunded=27)
        told.event("job_refunded", 2, refunded=60)
        told.attempt({1: "settled"}, values={1: [0.5]})
        told.attempt({2: "refunded"})
        # Killed before it posted anything.
        told.attempt({})
        self.assertEqual(told.found(), set())

    def test_what_is_lost_is_found(self):
        told = Told([1, 2, 3])
        for job_id in (1, 2, 3):
            told.event("job_settled", job_id, paid=33, refunded=27)
        told.attempt({1: "no_output"})
        told.attempt({2: None})
        told.attempt({9: "settled"})
        self.assertEqual(told.found(), {("lost", 1), ("lost", 2), ("lost", 9), ("lost", 3)})

    def test_what_is_stuck_is_found(self):
        told = Told([1])
        told.attempt({1: None}, is_over=False)
        self.assertEqual(told.found(), {("stuck", 1)})

    def test_what_is_doubled_is_found(self):
        told = Told([1, 2, 3])
        told.event("job_settled", 1, paid=33, refunded=27)
        told.event("job_refunded", 1, refunded=60)
        told.event("job_refunded", 2, refunded=60)
        told.event("job_refunded", 3, refunded=60)
        for _ in range(2):
            told.event("commitment_received", 2, round=1, worker="bob")
        told.attempt({1: "settled", 2: "refunded"})
        self.assertEqual(told.found(), {("doubled", 1), ("doubled", 2), ("doubled", 3)})

    def test_another_answer_to_the_same_question_is_found(self):
        told = Told([1, 2])
        for job_id, value in ((1, 0.5), (2, 0.6)):
            told.event("job_settled", job_id, paid=33, refunded=27)
            told.attempt({job_id: "settled"}, values={job_id: [value]})
        self.assertEqual(told.found(), {("wrong", 2)})

    def test_slashes_are_found(self):
        told = Told([])
        told.event("slashed", 1, contract="registry", address="bob")
        self.assertEqual(len(told.follower.slashed), 1)

    def test_bytes_of_any_length_are_read_back_from_protobuf(self):
        for length in (0, 1, 127, 128, 300, 70_000):
            self.assertEqual(first_field(field(1, bytes(length))), bytes(length))

    def test_tables_show_every_row(self):
        rows = [{"fault": "stop", "tries": 1_000, "jobs": 2, "lost": 0, "stuck": 0, "doubled": None}]
        self.assertEqual(report.table(rows, report.HEADS).splitlines()[2], "| stop | 1,000 | 2 | 0 | 0 | – |")

    def test_tables_of_one_place_leave_those_of_the_other(self):
        def run(on, seed):
            place = {"on": on, "minutes": 1, "faults": [], "jobs": [], "memory": [], "left_out": [], "problems": []}
            return {"seed": seed, "cores": 2, "version": "bithive", "places": [place]}

        with tempfile.NamedTemporaryFile("w+") as page:
            page.write(f"Before\n{report.BEGIN}\nNothing yet.\n{report.END}\nAfter\n")
            page.flush()
            for on, seed in (("devnet", 5), ("home", 6), ("devnet", 7)):
                report.write(page.name, run(on, seed))
            with open(page.name) as file:
                text = file.read()
        self.assertEqual([line for line in text.splitlines() if "Seed" in line],
                         ["Seed 6, 2 processors, bithive.", "Seed 7, 2 processors, bithive."])
        self.assertTrue(text.startswith("Before\n") and text.endswith(f"{report.END}\nAfter\n"))
        self.assertNotIn("Nothing yet", text)


class Answers(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        body = json.dumps({"result": {"sync_info": {"latest_block_height": "10"}}}).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class ProxyFaults(unittest.TestCase):
    def test_each_fault_is_something_else_than_the_answer(self):
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answers)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        proxy = Proxy(f"http://127.0.0.1:{server.server_port}", 1)

        def ask():
            connection = http.client.HTTPConnection(proxy.url.removeprefix("http://"), timeout=10)
            try:
                connection.request("POST", "/", b"{}")
                response = connection.getresponse()
                return response.status, response.read()
            except OSError as error:
                return None, type(error).__name__
            finally:
                connection.close()

        right = ask()
        self.assertEqual(ask(), right)
        answers = {}
        for fault in (*ANSWERS, *OTHERS):
            proxy.set(fault)
            answers[fault] = ask()
            self.assertEqual(proxy.hit, 1, fault)
        self.assertEqual(answers.pop("slow"), right)
        self.assertNotIn(right, answers.values())
        proxy.set(None)
        self.assertEqual(ask(), right)
        server.shutdown()
        server.server_close()
        proxy.close()


if __name__ == "__main__":
    unittest.main()
