"""Logs people in for a long time, and checks that memory, descriptors and threads of the service do not grow.

Two services run at the same time: one with its own memory, one with Redis. Every two seconds, the local itsme gives each of
them a wrong answer.
"""

import argparse
import asyncio
import os
import shutil
import sys
import tempfile
import time
from itertools import cycle
from pathlib import Path
from statistics import median

from cluster import Cluster, Failure, run_until_terminated
from visitors import Visitors

STORE = "redis"
BROWSERS = 4  # in flight, for each service
KIOSKS = 1
FAULT_EVERY = 2  # seconds
# Until then, memory grows: a service without a store keeps used logins for 15 minutes.
WARM_UP = 16  # minutes, each with a sample
# How much the median may grow from the first half of the run to the second: a number, or a share if that is more.
BOUNDS = {"KiB": (2048, 0.03), "descriptors": (8, 0), "threads": (2, 0)}


class Soak:
    """One service, its visitors, and the measurements."""

    def __init__(self, folder, store):
        folder.mkdir()
        self.name = store or "memory"
        self.cluster = Cluster(folder, 1, store)
        self.visitors = Visitors(self.cluster, thinking=0.1, comes_back=True)
        self.samples = []
        self.faults = 0

    async def run(self, end):
        await self.cluster.start()

        def is_over():
            return time.monotonic() > end

        async with asyncio.TaskGroup() as group:
            phones = group.create_task(self.visitors.answer_phones())
            await asyncio.gather(
                group.create_task(self.visitors.crowd(self.visitors.log_in, 1, BROWSERS, is_over)),
                group.create_task(self.visitors.crowd(self.visitors.use_kiosk, 1, KIOSKS, is_over)),
                group.create_task(self.inject_faults(end)),
                group.create_task(self.measure(end)))
            phones.cancel()

    async def inject_faults(self, end):
        api = self.cluster.sandbox.api
        known = (await api("GET", "/faults"))["known"]
        wrong = cycle(
            fault["name"] for fault in known if not fault["tolerable"] and fault["place"] in ("callback", "token"))
        while time.monotonic() < end:
            await api("POST", "/faults", name=next(wrong))
            self.faults += 1
            await asyncio.sleep(FAULT_EVERY)

    async def measure(self, end):
        while time.monotonic() < end:
            await asyncio.sleep(60)
            process = Path(f"/proc/{self.cluster.services[0].process.pid}")
            status = dict(line.split(":", 1) for line in (process / "status").read_text().splitlines())
            sample = {
                "KiB": int(status["VmRSS"].split()[0]), "descriptors": len(os.listdir(process / "fd")),
                "threads": int(status["Threads"])}
            self.samples.append(sample)
            completed = self.visitors.tally.completed
            print(
                f"{self.name:8}{sample['KiB']:9} KiB{sample['descriptors']:6} descriptors{sample['threads']:5} threads"
                f"{completed['login']:9} logins{completed['kiosk']:7} kiosks", flush=True)

    def problems(self):
        """What is wrong. Samples of the first quarter of the run, and of the time to warm up, do not count."""
        tally = self.visitors.tally
        problems = [f"lost: {reason}" for reason in tally.lost[:10]]
        if tally.wrong_person:
            problems.append("somebody was logged in as another person")
        if not tally.after_refusal["login"]:
            problems.append("no fault of itsme refused a login")
        if not tally.completed["kiosk"]:
            problems.append("nobody used the kiosk")
        warm = self.samples[max(len(self.samples) // 4, WARM_UP):]
        if len(warm) < 4:
            problems.append("there are too few samples; give at least 25 minutes")
            return problems
        for name, (bound, share) in BOUNDS.items():
            values = [sample[name] for sample in warm]
            middle = len(values) // 2
            before, after = median(values[:middle]), median(values[middle:])
            flat = after - before <= max(bound, share * before)
            print(f"{self.name:8}{name}: {before:.0f}, then {after:.0f}: {'flat' if flat else 'GROWS'}")
            if not flat:
                problems.append(f"{name} grow")
        print(f"{self.name:8}{self.faults} faults, {tally.refusals.total()} refusals")
        return problems


async def run(folder, minutes):
    soaks = [Soak(folder / "memory", None), Soak(folder / STORE, STORE)]
    end = time.monotonic() + minutes * 60
    try:
        async with asyncio.TaskGroup() as group:
            for soak in soaks:
                group.create_task(soak.run(end))
    finally:
        await asyncio.gather(*(soak.cluster.stop() for soak in soaks))
    problems = [f"{soak.name}: {problem}" for soak in soaks for problem in soak.problems()]
    for problem in problems:
        print(f"FAILED: {problem}")
    return not problems


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("minutes", type=float)
    minutes = arguments.parse_args().minutes
    folder = Path(tempfile.mkdtemp(prefix="itsme-soak-"))
    try:
        passes = run_until_terminated(run(folder, minutes))
    except* Failure as group:
        print(*group.exceptions, sep="\n")
        passes = False
    if passes:
        shutil.rmtree(folder)
        print("flat")
    else:
        print(f"The logs are in {folder}")
    sys.exit(0 if passes else 1)


main()
