"""pool.py - runs many jobs in workers, each in a scene of its own, and several
at once in each: most of the time a run waits for a clock."""

import concurrent.futures
import multiprocessing
import os
import queue
import shutil
import subprocess
import time
import traceback

import scene
from harness import Place


SETTLE = 2  # seconds until a server has read what is on its way


def attempt(function, *arguments):
    try:
        return function(*arguments)
    except Exception:
        return traceback.format_exc()


def work(template, number, jobs, threads, results):
    place = scene.Scene(template, number)
    mine = range(number, len(jobs), workers())
    with concurrent.futures.ThreadPoolExecutor(threads) as pool:
        ended = list(pool.map(
            lambda index: attempt(jobs[index], place, f"n{index}"), mine))
    time.sleep(SETTLE)
    for index, result in zip(mine, ended):
        results.put((index, attempt(result) if callable(result) else result))


def workers():
    return len(os.sched_getaffinity(0))


def collect(results, children, count):
    ended = {}
    while len(ended) < count:
        try:
            index, result = results.get(timeout=10)
            ended[index] = result
        except queue.Empty:
            if not any(child.is_alive() for child in children):
                raise RuntimeError("a worker has failed") from None
    for result in ended.values():
        if isinstance(result, str):
            raise RuntimeError(result)
    return [ended[index] for index in range(count)]


class Pool:
    """Where jobs run: a place whose copies the scenes get."""

    def __enter__(self):
        self.place = Place()
        subprocess.run(["gcc", "-O1", "-o", self.place.file("inject"),
                        os.path.join(scene.HERE, "inject.c")], check=True)
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.place.path)

    def run(self, jobs, threads=6):
        """Calls each job(scene, tag). What it returns may be a function, which
        is called once all jobs have ended.

        Returns the results in order. A job that raises an error ends it."""
        results = multiprocessing.Queue()
        children = [multiprocessing.Process(
            target=work, daemon=True,
            args=(self.place.path, number, jobs, threads, results))
            for number in range(workers())]
        for child in children:
            child.start()
        try:
            return collect(results, children, len(jobs))
        finally:
            for number, child in enumerate(children):
                child.join()
                shutil.rmtree(f"{self.place.path}.{number}",
                              ignore_errors=True)
