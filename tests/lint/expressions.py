"""expressions.py - evaluates expressions with GitHub's own engine."""

import json
import os
import subprocess

from validators import INSTALLED


class Engine:
    """A process with the engine."""

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
        response = json.loads(self.process.stdout.readline())
        if "error" in response:
            raise ValueError(response["error"])
        return response["value"]

    def fill(self, text, contexts):
        """The text with its expressions replaced by their values."""
        if isinstance(text, bool):
            text = str(text).lower()
        return self.ask(text=str(text), contexts=contexts)

    def holds(self, condition, contexts, failed=False):
        """Whether the condition of an if: is true. failed: whether an earlier
        step or job failed."""
        return self.ask(text=str(condition), contexts=contexts,
                        condition=True, failed=failed)
