"""expressions.py - asks GitHub's own engine what an expression gives."""

import json
import os
import subprocess

from validators import INSTALLED


class Engine:
    """A process that answers."""

    def __init__(self):
        self.process = subprocess.Popen(
            ["node", os.path.join(INSTALLED, "evaluate.mjs")],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8")

    def close(self):
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()

    def ask(self, **question):
        self.process.stdin.write(json.dumps(question) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        if "error" in answer:
            raise ValueError(answer["error"])
        return answer["value"]

    def fill(self, text, contexts):
        """The text with the values of its expressions in their places."""
        if isinstance(text, bool):
            text = str(text).lower()
        return self.ask(text=str(text), contexts=contexts)

    def holds(self, condition, contexts, failed=False):
        """Whether an if: lets a step or a job go on. failed: one before did."""
        return self.ask(text=str(condition), contexts=contexts,
                        condition=True, failed=failed)
