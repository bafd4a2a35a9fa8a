"""Measures whole logins of several services in turns, and writes REPORT.md. ROUNDS=1 makes a short run."""

import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from datetime import date
from pathlib import Path
from statistics import median, quantiles
from urllib.request import Request, urlopen

import browser
from world import BUILD, HERE, ApacheService, IDTokenService, UserInfoService, World

ROUNDS = int(os.environ.get("ROUNDS", 7))
QUICK = ROUNDS < 3
# Logins in flight while CPU time is measured, so that no core idles.
PARALLEL = 8
LOGINS = 60 if QUICK else 200
STARTED = 500 if QUICK else 10_000
COLD_STARTS = 2 if QUICK else 5
IN_FLIGHT = [1, 10, 100] if QUICK else [1, 10, 100, 1000]
PENDING = [10, 1000] if QUICK else [10, 1000, 100_000]
WAITING = [200, 400] if QUICK else [1000, 3000]

METHOD = """A login is: start, itsme's page (a persona of the sandbox
approves at once), callback, account page. All services have the same keys of 2048 bits, a request object that is signed and
encrypted, `private_key_jwt`, PKCE, A128CBC-HS256, an ID token and UserInfo that are signed and encrypted, and TLS to the
provider. Browsers reach them over http, as behind a proxy. These are the differences:

- `Examples/Service` is measured twice: unchanged, with a claim in the ID token and without UserInfo; and as a copy with a few
  changed lines, with UserInfo, as the other services. It writes its metrics to `/dev/null`.
- mod_auth_openidc uses RSA-OAEP instead of RSA-OAEP-256, because its library cjose has only this. Its request object has no
  `iat`, `exp` and `jti`. It gives RSA keys to OpenSSL without their primes, so each private operation takes several times as
  long as necessary. This part of the difference is no advantage of ItsmeRP. It keeps sessions in its cache, the others in
  cookies.
- The Python service is one process of uvicorn with uvloop. Its package cryptography contains its own OpenSSL.

The services run on one core, one after the other, in another order in each round. The provider and the browsers run on another
core and are not counted. CPU time is the user and system time of all processes of the service. Bare RSA is a loop of OpenSSL
calls with only the RSA operations of that login, on the same core, immediately before and after. Latencies are measured with one
login at a time. Memory is resident memory; what processes share is counted once. A machine that shares its processors with
others has slow and fast minutes, so compare times only with each other."""


FIGURES = {
    "cpu": "CPU", "ratio": "CPU over bare RSA", "alone": "CPU one after the other", "exchanges": "exchanges",
    "p50": "callback, 50th percentile", "p99": "callback, 99th percentile", "rest": "memory of its own at rest",
    "started": "memory of its own after started logins", "rest_all": "memory with program and libraries at rest",
    "started_all": "memory with program and libraries after started logins", "cold": "cold start"}


def say(text: str):
    print(text, flush=True)


def percentile(values: list[float], percent: int) -> float:
    return quantiles(values, n=100, method="inclusive")[percent - 1] if len(values) > 1 else values[0]


class Measured:
    """Figures of one service: one value per round."""

    def __init__(self):
        self.rounds = defaultdict(list)

    def add(self, **values: float):
        for name, value in values.items():
            self.rounds[name].append(value)

    def __getitem__(self, name: str) -> float:
        return median(self.rounds[name])


def turn(world: World, contender, figures: Measured):
    """Bare RSA, logins in parallel for the CPU time, bare RSA again, logins one after the other for the latency."""
    def floor() -> float:
        rsa = world.bare_rsa()
        return sum(count * rsa[name] for name, count in contender.operations.items()) / 1000

    def log_in(in_flight: int) -> tuple[float, list[float]]:
        before = contender.group.cpu()
        latencies, _ = contender.log_in(in_flight, LOGINS)
        return (contender.group.cpu() - before) / LOGINS * 1000, latencies

    before = floor()
    cpu, _ = log_in(PARALLEL)
    bare = (before + floor()) / 2
    alone, latencies = log_in(1)
    figures.add(cpu=cpu, bare=bare, ratio=cpu / bare, alone=alone, p50=percentile(latencies, 50) * 1000,
                p99=percentile(latencies, 99) * 1000)


def in_turns(world: World) -> dict[str, Measured]:
    """CPU and latency. In each round every service is measured once, in another order."""
    figures = {contender.name: Measured() for contender in world.contenders}
    for contender in world.contenders:
        contender.open()
        contender.log_in(1, 40)
    for number in range(ROUNDS):
        shift = number % len(world.contenders)
        for contender in world.contenders[shift:] + world.contenders[:shift]:
            turn(world, contender, figures[contender.name])
        say(f"round {number + 1}: " + ", ".join(
            f"{name} {of.rounds['cpu'][-1]:.2f} ms, {of.rounds['ratio'][-1]:.2f} x" for name, of in figures.items()))
    for contender in world.contenders:
        with urlopen(Request(world.issuer + "/sandbox/api/requests", method="DELETE"), context=world.trust):
            pass
        contender.log_in(1, 20)
        figures[contender.name].add(
            exchanges=sum(request["caller"] == "relyingParty" for request in world.requests()) / 20)
        contender.close()
    return figures


def from_cold(world: World, figures: dict[str, Measured]):
    """The time to the first login, and memory at rest and after many logins that nobody finished."""
    for contender in world.contenders:
        for last in [False] * (COLD_STARTS - 1) + [True]:
            figures[contender.name].add(cold=contender.open())
            if last:
                time.sleep(1)
                own, resident = contender.group.memory()
                figures[contender.name].add(rest=own, rest_all=resident)
                contender.start_logins(STARTED)
                own, resident = contender.group.memory()
                figures[contender.name].add(started=own, started_all=resident)
            contender.close()
        say(f"{contender.name}: {figures[contender.name]['cold']:.2f} s cold")


async def log_in_or_be_refused(person: browser.Browser) -> float | None:
    """As `log_in`; None when the service refuses the login for now, as when the provider does not answer in time."""
    try:
        return await person.log_in({})
    except browser.Failed as error:
        if "answers 503" in str(error):
            return None
        raise


def growth(service: IDTokenService) -> list[tuple]:
    """From one login in flight to many."""
    lines = []
    service.open()
    for in_flight in IN_FLIGHT:
        count = max(LOGINS, 3 * in_flight)
        before = service.group.cpu()
        results, elapsed = browser.run(service, service.world, in_flight, count, log_in_or_be_refused)
        cpu = service.group.cpu() - before
        latencies = [result for result in results if result is not None]
        lines.append((
            in_flight, len(latencies) / elapsed, cpu / count * 1000, cpu / elapsed, percentile(latencies, 50) * 1000,
            percentile(latencies, 99) * 1000, count - len(latencies), service.group.memory()[0]))
        say(f"{in_flight} in flight: {count / elapsed:.0f} logins per second")
    service.close()
    return lines


def pending(service: IDTokenService) -> list[tuple]:
    """Memory with logins that were started and not finished."""
    service.open()
    lines, done = [(0, service.group.memory()[0])], 0
    for count in PENDING:
        service.start_logins(count - done)
        done = count
        lines.append((count, service.group.memory()[0]))
    service.close()
    return lines


def two_cores(service: IDTokenService) -> list[tuple]:
    """Starts of logins, which need no provider, on one core and on two. Apache's `ab` sends them, because it needs little CPU
    time."""
    found = defaultdict(list)
    for _ in range(max(ROUNDS // 2, 1)):
        for cores in ("0", "0,1"):
            service.open(cores)
            before = service.group.cpu()
            began = time.perf_counter()
            subprocess.run(
                ["taskset", "-c", "0,1", "ab", "-q", "-H", "Connection: close", "-c", "16", "-n", str(STARTED),
                 f"http://{service.host}{service.start}"], check=True, stdout=subprocess.DEVNULL)
            elapsed = time.perf_counter() - began
            found[cores].append((STARTED / elapsed, (service.group.cpu() - before) / STARTED * 1000))
            service.close()
    return [(cores, median(rate for rate, _ in lines), median(cpu for _, cpu in lines)) for cores, lines in found.items()]


def waiting(service: UserInfoService, how: str) -> float:
    """The bytes of a backchannel request that waits for the person."""
    service.open()
    sizes = []
    for count, more in zip(WAITING, (WAITING[0], WAITING[1] - WAITING[0])):
        service.hold_backchannel_requests(more, how)
        time.sleep(6)  # Each that is polled has polled once more.
        sizes.append(service.group.memory()[0])
        say(f"{count} backchannel requests, {how}: {sizes[-1] / 2**20:.1f} MiB")
    service.close()
    return (sizes[1] - sizes[0]) / (WAITING[1] - WAITING[0])


def version(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True).stdout.strip()


def processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def table(head: list[str], lines: list[list[str]]) -> str:
    rows = [head, ["---"] + ["---:"] * (len(head) - 1), *lines]
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def mib(size: float) -> str:
    return f"{size / 2**20:.1f} MiB"


def report(figures, grown, pending_lines, cores, kept, polled) -> str:
    names = list(figures)
    rows = [
        (f"CPU per login, {PARALLEL} in flight", lambda f: f"{f['cpu']:.2f} ms"),
        ("bare RSA of that login", lambda f: f"{f['bare']:.2f} ms"),
        ("CPU over bare RSA", lambda f: f"{f['ratio']:.2f} x"),
        ("CPU per login, one after the other", lambda f: f"{f['alone']:.2f} ms"),
        ("exchanges with the provider per login", lambda f: f"{f['exchanges']:.2f}"),
        ("callback, 50th percentile", lambda f: f"{f['p50']:.1f} ms"),
        ("callback, 99th percentile", lambda f: f"{f['p99']:.1f} ms"),
        ("memory of its own at rest, after one login", lambda f: mib(f["rest"])),
        (f"the same after {STARTED:,} started logins", lambda f: mib(f["started"])),
        ("with program and libraries at rest", lambda f: mib(f["rest_all"])),
        (f"the same after {STARTED:,} started logins", lambda f: mib(f["started_all"])),
        ("from start of the process to the first login", lambda f: f"{f['cold']:.2f} s"),
    ]
    ours, form = figures[IDTokenService.name], figures[UserInfoService.name]
    others = [name for name in names if name not in (IDTokenService.name, UserInfoService.name)]
    goals = [
        ("with UserInfo, CPU over bare RSA", f"{form['ratio']:.2f} x", "<= 1.75 x", form["ratio"] <= 1.75),
        ("claims in the ID token, CPU beside UserInfo", f"{ours['cpu'] / form['cpu']:.2f} x", "<= 0.80 x",
         ours["cpu"] / form["cpu"] <= 0.80),
        ("a backchannel request that waits for a ping", f"{kept / 1024:.1f} KiB", "< 4 KiB", kept < 4096),
        ("a backchannel request with a task that polls", f"{polled / 1024:.1f} KiB", "< 4 KiB", polled < 4096),
    ]
    for name in others:
        behind = [title for figure, title in FIGURES.items() if form[figure] > figures[name][figure]]
        goals.append((f"with UserInfo, beside {name}", "behind in " + ", ".join(behind) if behind else "ahead or even",
                      "in every figure", not behind))
    total = next(line.split()[1] for line in Path("/proc/meminfo").read_text().splitlines() if "MemTotal" in line)
    return "\n\n".join([
        "# Whole logins",
        f"Made by `make bench-logins` with ROUNDS={ROUNDS} on {date.today()}. "
        + METHOD,
        table(["machine", ""], [
            ["processor", f"{processor()}, {os.cpu_count()} cores"], ["memory", f"{int(total) // 1024:,} MiB"],
            ["load when it ended", Path("/proc/loadavg").read_text().rsplit(" ", 2)[0]],
            ["system", f"{platform.freedesktop_os_release()['PRETTY_NAME']}, kernel {platform.release()}"],
            ["OpenSSL of Service and Apache", version("openssl", "version").partition(" (")[0]],
            ["Swift", version("swift", "--version").splitlines()[0].partition(" (")[0]],
            ["Apache", version("dpkg-query", "-W", "-f", "${Package} ${Version}, ", "apache2",
                               "libapache2-mod-auth-openidc").strip(", ")],
            ["Python", platform.python_version() + ", " + ", ".join(
                line for line in version(str(BUILD / "venv/bin/pip"), "freeze").splitlines()
                if line.partition("==")[0].lower() in ("authlib", "joserfc", "starlette", "uvicorn", "cryptography"))],
        ]),
        "## Service beside service",
        table(["median of the rounds", *names], [[title, *(show(figures[name]) for name in names)] for title, show in rows]),
        table(["goal", "measured", "goal is", ""],
              [[what, is_, goal, "met" if met else "**missed**"] for what, is_, goal, met in goals]),
        "## Growth",
        f"{IDTokenService.name} on one core. The provider and the browsers share the other core. With ten or more logins in "
        "flight, that core is the bottleneck, so plan with the CPU per login.",
        table(["logins in flight", "logins per second", "CPU per login", "of its core", "callback p50", "callback p99",
               "refused for now", "memory of its own"],
              [[f"{n:,}", f"{rate:.0f}", f"{cpu:.2f} ms", f"{busy:.0%}", f"{p50:.0f} ms", f"{p99:.0f} ms", f"{refused}", mib(size)]
               for n, rate, cpu, busy, p50, p99, refused, size in grown]),
        "A pending login is a sealed cookie in the browser. The service keeps nothing:",
        table(["logins started and not finished", "memory of its own"], [[f"{n:,}", mib(size)] for n, size in pending_lines]),
        "Starts of logins (a signature and an encryption each), which need no provider; 16 in flight. The sender and other "
        "programs share these cores, so compare the CPU per start:",
        table(["cores of the service", "starts per second", "CPU per start"],
              [["1" if name == "0" else "2", f"{rate:.0f}", f"{cpu:.2f} ms"] for name, rate, cpu in cores]),
        f"A backchannel request that waits for the person takes {kept / 1024:.1f} KiB while it is only kept, as for a ping, and "
        f"{polled / 1024:.1f} KiB with a task that polls for it (the growth from {WAITING[0]:,} to {WAITING[1]:,} requests). A "
        "task of Swift that only sleeps takes 3 KiB.",
    ]) + "\n"


def main():
    with tempfile.TemporaryDirectory(prefix="logins-") as folder:
        world = World(Path(folder))
        os.sched_setaffinity(0, {1})
        try:
            figures = in_turns(world)
            from_cold(world, figures)
            default, user_info = world.contenders[:2]
            text = report(figures, growth(default), pending(default), two_cores(default), *(
                waiting(user_info, how) for how in ("kept", "polled")))
        except BaseException:
            if world.log.exists():
                say(world.log.read_text()[-5000:])
            raise
        finally:
            for contender in world.contenders:
                if hasattr(contender, "group"):
                    contender.close()
            world.close()
    if QUICK:
        print(text)
    else:
        (HERE / "REPORT.md").write_text(text)
        say(f"wrote {HERE / 'REPORT.md'}")


main()
