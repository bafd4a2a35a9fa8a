"""Logs people in at three instances of the service, while instances, nginx, the store and the keys are disturbed."""

import argparse
import asyncio
import shutil
import sys
import tempfile
import time
from pathlib import Path

from chaos import Chaos
from cluster import STORES, Cluster, Failure, run_until_terminated
from visitors import Visitors

BROWSERS = 50  # in flight
KIOSKS = 10
LONGEST = 1200  # seconds


async def run(folder, engine, short):
    logins, kiosks, seconds = (100, 10, 30) if short else (2000, 200, 120)
    cluster = Cluster(folder, 3, engine)
    visitors = Visitors(cluster, thinking=3)
    tally = visitors.tally
    chaos = Chaos(cluster, visitors)
    begin = time.monotonic()
    try:
        await cluster.start()
        async with asyncio.timeout(LONGEST), asyncio.TaskGroup() as group:
            phones = group.create_task(visitors.answer_phones())
            await asyncio.gather(
                group.create_task(chaos.run(seconds, lambda: tally.lost or tally.completed["login"] >= logins)),
                group.create_task(visitors.crowd(visitors.log_in, logins, BROWSERS, lambda: chaos.ended)),
                group.create_task(visitors.crowd(visitors.use_kiosk, kiosks, KIOSKS, lambda: chaos.ended)))
            phones.cancel()
        refusals = (await cluster.sandbox.api("GET", "/refusals"))["refusals"]
    finally:
        await cluster.stop()
    return report(engine, tally, chaos, refusals, time.monotonic() - begin)


def report(engine, tally, chaos, refusals, seconds):
    """Prints what happened, and returns whether the test has passed."""
    reused = [refusal for refusal in refusals if refusal["rule"] in ("code.reused", "code.unknown")]
    accepted = tally.replays_accepted + len(reused)
    print(f"\n{engine}: {seconds:.0f} seconds")
    for kind, count in tally.completed.items():
        print(f"  {kind}s completed                    {count}")
        print(f"  {kind}s refused and then completed   {tally.after_refusal[kind]}")
    print(f"  lost                                {len(tally.lost)}")
    print(f"  logins completed by a reload        {tally.after_reload}")
    print(f"  replays refused as used             {tally.replays}")
    print(f"  replays accepted                    {accepted}")
    print(f"  wrong person                        {tally.wrong_person}")
    print("  while")
    for name, count in sorted(chaos.done.items()):
        print(f"    {name}: {count}")
    print("  people were told")
    for reason, count in tally.refusals.most_common():
        print(f"    {count}  {reason}")
    rules = sorted({refusal["rule"] for refusal in refusals})
    print(f"  itsme refused: {', '.join(rules) or 'nothing'}")
    problems = [f"lost: {reason}" for reason in tally.lost[:10]]
    if accepted:
        problems.append("a replay was accepted")
    if tally.wrong_person:
        problems.append("somebody was logged in as another person")
    if len(refusals) >= 1000:
        problems.append("the sandbox keeps only the last 1,000 refusals, so a second use of a code may be missing")
    if not tally.replays:
        problems.append("no replay was refused as used")
    if not tally.after_reload:
        problems.append("no reload completed a login that was refused")
    problems += [f"did not happen: {name}" for name in chaos.missing()]
    for problem in problems:
        print(f"  FAILED: {problem}")
    return not problems


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--short", action="store_true", help="100 logins and 10 kiosks with each store")
    arguments.add_argument("engines", nargs="*", help="redis and postgres; both without an argument")
    options = arguments.parse_args()
    passed = True
    for engine in options.engines or STORES:
        folder = Path(tempfile.mkdtemp(prefix=f"itsme-{engine}-"))
        try:
            passes = run_until_terminated(run(folder, engine, options.short))
        except* (Failure, TimeoutError) as group:
            print(*map(repr, group.exceptions), sep="\n")
            passes = False
        if passes:
            shutil.rmtree(folder)
        else:
            print(f"  The logs are in {folder}")
        passed = passed and passes
    sys.exit(0 if passed else 1)


main()
