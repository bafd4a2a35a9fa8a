"""What people do: they log in with a browser, or at a kiosk with their phone."""

import asyncio
import random
import re
import time
from collections import Counter

from browser import Browser, ConnectionFailed

SESSION = "itsme-loopback-session"
# What each persona of the sandbox is called on the account page.
PERSONAS = {
    "belgian-eid": "Lotte", "belgian-resident": "Ioana", "dutch-document": "Sanne", "luxembourg-passport": "Jang",
    "minor": "Noor", "no-given-name": "", "no-email": "Sofie"}
# How long a person tries again, and waits at the kiosk for one try, in seconds.
PATIENCE = 120
KIOSK_PATIENCE = 45
# The status of a callback that was used.
USED = 409
# The status if nginx got no answer from an instance, or the service none from a store or from itsme.
GATEWAY = (502, 503, 504)
# The links that the service's pages offer after a failure that may pass.
RETRY = re.compile("Try again with itsme|Start again with itsme")
# The same for the kiosk, which also loads its page again by itself.
RESTART = re.compile("Start again|http-equiv=.refresh")


class Refused(Exception):
    """A login did not succeed, and the person was told."""

    def __init__(self, reason, may_retry):
        super().__init__(reason)
        self.reason, self.may_retry = reason, may_retry
        # The page to load again, if that can complete the login.
        self.page = None

    @staticmethod
    def by(answer, site, is_kiosk=False):
        title = re.search("<p>([^<]*)" if is_kiosk and answer.status == 200 else "<title>([^<]*)", answer.text)
        reason = f"{answer.status} {title[1] if title else answer.text[:60]!r}"
        from_site = answer.url.startswith(site + "/")
        offers_retry = bool((RESTART if is_kiosk else RETRY).search(answer.text))
        return Refused(reason, from_site and (answer.status in GATEWAY or offers_retry))


class Tally:
    """The results of the logins and kiosks of a run."""

    def __init__(self):
        self.completed = Counter()  # by kind: "login", "kiosk"
        self.after_refusal = Counter()  # of these, those that were refused first
        self.after_reload = 0  # of the logins, those that a reload of the callback completed
        self.refusals = Counter()  # by reason
        self.lost = []
        self.wrong_person = 0
        self.replays = 0  # refused as used; other refusals do not count
        self.replays_accepted = 0

    def add(self, kind, refusals):
        self.completed[kind] += 1
        self.after_refusal[kind] += refusals > 0


class Visitors:
    """The people of one run.

    `thinking` is how long a person looks at the phone on average, in seconds. `comes_back` is whether people also try again
    when the page does not offer it, as after some wrong answers of itsme.
    """

    def __init__(self, cluster, thinking, comes_back=False):
        self.cluster, self.thinking, self.comes_back = cluster, thinking, comes_back
        self.site = cluster.nginx.url
        self.tally = Tally()
        # Callbacks that were used, with the cookies of that moment.
        self.used_callbacks = []
        self.kiosk_starts = asyncio.Lock()

    # Many visitors

    async def crowd(self, visit, count, in_flight, until=lambda: True):
        """Starts visits: at least `count`, and more until a condition holds; `in_flight` at a time."""
        numbers = iter(range(10**9))

        async def visitor():
            while (number := next(numbers)) < count or not until():
                await visit(number)

        async with asyncio.TaskGroup() as group:
            for _ in range(in_flight):
                group.create_task(visitor())

    async def try_until_done(self, kind, attempt):
        """Repeats an attempt while it is refused with an error that may pass."""
        end = time.monotonic() + PATIENCE
        refusals, last = 0, None
        while True:
            try:
                await attempt(last)
                self.tally.add(kind, refusals)
                return
            except Refused as refusal:
                self.tally.refusals[f"{kind}: {refusal.reason}"] += 1
                refusals, last = refusals + 1, refusal
                if not (refusal.may_retry or self.comes_back) or time.monotonic() > end:
                    self.tally.lost.append(f"{kind}: {refusal.reason}")
                    return
                await asyncio.sleep(random.uniform(0.5, 2))

    def greeted(self, page):
        """The name on the account page."""
        hello = re.fullmatch("Hello (.*)", page.text)
        if page.status != 200 or not hello:
            raise Refused.by(page, self.site)
        return hello[1]

    def check_person(self, shown, persona):
        if shown != PERSONAS[persona]:
            self.tally.wrong_person += 1

    async def think(self):
        await asyncio.sleep(random.uniform(0, 2 * self.thinking))

    # In the browser

    async def log_in(self, number):
        """Logs in as one of the personas, and looks at the account page. Every tenth callback is sent twice.

        After a refusal, half of the people load the page again, and half start again.
        """
        persona = random.choice(list(PERSONAS))
        browser = Browser()

        async def attempt(refusal):
            try:
                reloads = refusal and refusal.page and random.random() < 0.5
                if reloads:
                    page = await self.finish(browser, refusal.page, replay=False)
                else:
                    page = await self.attempt(browser, persona, replay=number % 10 == 0)
            except ConnectionFailed as error:
                raise Refused(str(error), may_retry=True) from error
            self.check_person(self.greeted(page), persona)
            self.tally.after_reload += bool(reloads)

        try:
            await self.try_until_done("login", attempt)
        finally:
            browser.close()

    async def attempt(self, browser, persona, replay):
        account = f"{self.site}/account"
        page = await browser.get(account)
        if page.status == 200:
            return page  # The last attempt logged in, and only its answer was lost.
        start = self.redirect(page)
        request = self.redirect(await browser.get(start))
        callback = self.redirect(await browser.get(f"{request}&approve={persona}"))
        await self.think()
        return await self.finish(browser, callback, replay)

    async def finish(self, browser, callback, replay):
        """Comes back from itsme."""
        if replay and len(self.cluster.services) > 1:
            answer = await self.callback_and_replay(browser, callback)
        else:
            answer = await browser.get(callback)
        if not answer.location:
            refusal = Refused.by(answer, self.site)
            refusal.page = callback if answer.status in GATEWAY else None
            raise refusal
        if answer.location != f"{self.site}/account":
            raise Refused(f"a redirect to {answer.location}", may_retry=False)
        return await browser.get(answer.location)

    def redirect(self, answer):
        if not answer.location:
            raise Refused.by(answer, self.site)
        return answer.location

    # At the kiosk

    async def use_kiosk(self, number):
        """Scans a QR code as one of the personas, approves on the phone, and looks at the account page."""
        persona = random.choice(list(PERSONAS))

        async def attempt(_):
            browser = Browser()
            try:
                page = await self.attempt_at_kiosk(browser, persona)
            except ConnectionFailed as error:
                raise Refused(str(error), may_retry=True) from error
            except TimeoutError as error:
                raise Refused("the kiosk did not finish in time", may_retry=True) from error
            finally:
                browser.close()
            self.check_person(self.greeted(page), persona)

        await self.try_until_done("kiosk", attempt)

    async def attempt_at_kiosk(self, browser, persona):
        kiosk = f"{self.site}/kiosk"
        # One at a time, so that the new code of itsme is the one on this kiosk.
        async with self.kiosk_starts:
            before = await self.waiting("qr_codes")
            page = await browser.get(kiosk)
            codes = [code for code in await self.waiting("qr_codes") if code not in before]
        if "QR code" not in page.text or not codes:
            raise Refused.by(page, self.site, is_kiosk=True)
        async with asyncio.timeout(KIOSK_PATIENCE):
            await self.scan_and_wait(browser, page, persona, codes[-1])
        return await browser.get(f"{self.site}/account")

    async def scan_and_wait(self, browser, page, persona, code):
        kiosk = page.url
        await self.think()
        if not await self.cluster.sandbox.try_api("POST", "/phone/scan", persona=persona, id=code):
            raise Refused("the QR code has expired", may_retry=True)
        while not page.location:
            await asyncio.sleep(1)
            page = await browser.get(kiosk)
            # The kiosk loads its page again by itself, and a person does so after an error.
            if page.status not in GATEWAY and not page.location and "http-equiv=\"refresh\"" not in page.text:
                raise Refused.by(page, self.site, is_kiosk=True)

    async def waiting(self, kind):
        return [entry["id"] for entry in (await self.cluster.sandbox.api("GET", "/phone"))[kind]]

    async def answer_phones(self):
        """Approves every request that reaches a phone, after a while. Runs until it is cancelled."""
        taken = set()

        async def approve(request):
            await self.think()
            await self.cluster.sandbox.try_api("POST", "/phone/answer", approve=True, id=request)

        async with asyncio.TaskGroup() as group:
            while True:
                for request in set(await self.waiting("requests")) - taken:
                    taken.add(request)
                    group.create_task(approve(request))
                await asyncio.sleep(0.5)

    # Replays

    async def callback_and_replay(self, browser, callback):
        """Sends a callback to two instances, with the same cookies: at the same time, or one after the other.

        Only one of them may log in. The other request has no session, so it may not get one.
        """
        first, second = random.sample([service.port for service in self.cluster.services], 2)
        tab = browser.copy()
        before = dict(browser.cookies)
        requests = [browser.get(callback, at=first), tab.get(callback, at=second)]
        if random.random() < 0.5:
            answers = await asyncio.gather(*requests, return_exceptions=True)
        else:
            answers = [(await asyncio.gather(request, return_exceptions=True))[0] for request in requests]
        tab.close()
        answered = [answer for answer in answers if not isinstance(answer, Exception)]
        winners = [answer for answer in answered if SESSION in answer.new_cookies]
        self.tally.replays_accepted += len(winners) > 1
        self.tally.replays += any(answer.status == USED for answer in answered)
        if not winners:
            if not answered:
                raise next(answer for answer in answers if isinstance(answer, Exception))
            raise Refused.by(answered[0], self.site)
        if winners[0] is answers[1]:
            browser.cookies = tab.cookies
        # Somebody who saw the URL, and has none of the cookies.
        await self.is_refused_as_used(Browser(), callback, second)
        self.used_callbacks.append((callback, before))
        return winners[0]

    async def replay(self, callbacks):
        """Sends used callbacks to every instance. Returns whether one was refused as used: the store must not forget them."""
        refused = [
            await self.is_refused_as_used(Browser(dict(cookies)), callback, service.port)
            for callback, cookies in callbacks for service in self.cluster.services]
        self.tally.replays += sum(refused)
        return any(refused)

    async def is_refused_as_used(self, browser, callback, port):
        """Sends a used callback, which may not log in. Another refusal than that of the store is no proof."""
        try:
            answer = await browser.get(callback, at=port)
        except ConnectionFailed:
            return False  # This instance is down.
        finally:
            browser.close()
        self.tally.replays_accepted += answer.status < 400 or SESSION in answer.new_cookies
        return answer.status == USED
