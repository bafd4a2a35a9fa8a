"""Failures, and tasks of an operator, while people log in."""

import asyncio
import json
import os
import random
from collections import Counter

from cluster import Failure, itsme, until

CUT = 10  # seconds
# How long nginx may not use an instance after its restart, in seconds. Without this wait, a rolling restart can end with
# "no live upstreams".
BACK_IN_ROTATION = 2


class Chaos:
    """Disturbs a cluster. Each disturbance is counted when it has taken place.

    Without a store, the disturbances of a store are left out.
    """

    def __init__(self, cluster, visitors):
        self.cluster, self.visitors = cluster, visitors
        self.done = Counter()
        # One at a time, so that the other instances answer.
        self.one_instance_down = asyncio.Lock()
        self.store_disturbed = asyncio.Lock()
        self.ended = False

    # The name of a disturbance, its function, the seconds until the first one, and the seconds between two.
    def plan(self):
        plan = [
            ("instances killed and restarted", self.kill_instance, 3, 11),
            ("nginx reloaded", self.reload_nginx, 5, 17),
            ("itsme's keys rotated", self.rotate_keys_of_itsme, 6, 45),
            ("signing and encryption keys rotated", self.rotate_keys, 8, 30),
            ("sealing keys rotated", self.rotate_sealing_key, 12, 60)]
        if self.cluster.store:
            plan += [
                ("store restarted", self.restart_store, 4, 50),
                ("store cut off for ten seconds", self.cut_store, 15, 50)]
        return plan

    async def run(self, seconds, is_over):
        """Disturbs for at least some seconds, until a condition holds and every disturbance has taken place."""
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds

        async def repeat(name, disturb, first, period):
            pause = first
            while True:
                await asyncio.sleep(pause)
                await disturb()
                self.done[name] += 1
                pause = period * random.uniform(0.7, 1.3)
                if loop.time() + pause > end and is_over():
                    return

        async with asyncio.TaskGroup() as group:
            for entry in self.plan():
                group.create_task(repeat(*entry))
        self.ended = True

    def missing(self):
        """The disturbances that did not take place. Without them, the run proves nothing."""
        return [name for name, *_ in self.plan() if not self.done[name]]

    # Instances and nginx

    async def kill_instance(self):
        async with self.one_instance_down:
            service = random.choice(self.cluster.services)
            await service.crash()
            await asyncio.sleep(random.uniform(0, 2))
            await service.start()
            await asyncio.sleep(BACK_IN_ROTATION)

    async def reload_nginx(self):
        await self.cluster.nginx.reload()

    # The store

    async def restart_store(self):
        async def crash():
            await self.cluster.store.crash()
            await self.cluster.store.start()
        await self.disturb_store(crash)

    async def cut_store(self):
        await self.disturb_store(lambda: self.cluster.store.network.cut(CUT))

    async def disturb_store(self, disturb):
        """Disturbs the store, and then replays callbacks that were used before."""
        used = self.visitors.used_callbacks

        async def has_callbacks():
            return len(used) >= 3

        async with self.store_disturbed:
            await until(has_callbacks, "the first logins")
            callbacks = used[-10:]
            await disturb()
            await until(lambda: self.visitors.replay(callbacks), "the refusal of a used callback")

    # Keys

    async def rotate_keys_of_itsme(self):
        await self.cluster.sandbox.api("POST", "/keys")

    async def rotate_keys(self):
        """Rotates both keys in the file that all instances read."""
        # Without waiting, an instance that publishes the new signing key has read the new encryption key too.
        await self.step("enc", "begin")
        await self.step("sig", "begin")
        await self.wait_until_loaded()
        await self.let_a_day_pass()
        await self.step("enc", "continue")
        await self.step("sig", "continue")
        await self.wait_until_loaded()
        await self.let_a_day_pass()
        await self.step("enc", "continue")
        await self.step("sig", "continue")
        await self.wait_until_loaded()
        await self.let_a_day_pass()

    async def step(self, use, step):
        status, said = await asyncio.to_thread(itsme, "keys", "rotate", self.cluster.keys, use, step)
        if status:
            raise Failure(f"itsme keys rotate {use} {step}: {said}")

    async def wait_until_loaded(self):
        """Waits until every instance publishes what is in the file."""
        _, shown = await asyncio.to_thread(itsme, "keys", "show", "--public", self.cluster.keys)
        expected = {key["kid"] for key in json.loads(shown)["keys"]}
        for service in self.cluster.services:
            async def has_loaded():
                return await service.published() == expected
            await until(has_loaded, f"loading new keys in {service.name}")

    async def let_a_day_pass(self):
        """What an operator has to wait for between two steps: itsme fetches the key set again, and a day passes.

        The shortest wait that the library allows is 30 minutes, so the dates in the file are moved into the past.
        """
        # Until what was signed or encrypted before the step has arrived.
        await asyncio.sleep(3)
        # With all instances up, because itsme fetches the key set once and refuses the requests of that moment if it cannot.
        async with self.one_instance_down:
            await self.cluster.sandbox.api("DELETE", "/client-keys")
            enough = self.visitors.tally.completed["login"] + 50

            async def has_fetched():
                return self.visitors.tally.completed["login"] >= enough

            await until(has_fetched, "50 logins after a rotation")
        path = self.cluster.keys
        ring = json.loads(path.read_text())
        for key in ring["keys"]:
            key["itsme_since"] -= 2 * 86_400
        new = path.with_suffix(".new")
        with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(ring, file)
        new.rename(path)

    async def rotate_sealing_key(self):
        """Two rolling restarts: first every instance accepts the new key, then every instance seals with it."""
        cluster = self.cluster
        new = cluster.new_sealing_key()
        cluster.previous_sealing_key = new
        await self.restart_all()
        cluster.sealing_key, cluster.previous_sealing_key = new, cluster.sealing_key
        await self.restart_all()

    async def restart_all(self):
        for service in self.cluster.services:
            async with self.one_instance_down:
                await service.end()
                await service.start()
                await asyncio.sleep(BACK_IN_ROTATION)
