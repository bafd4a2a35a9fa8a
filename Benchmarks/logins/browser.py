"""Browsers that log in: start, itsme's page, callback, account page. HTTP/1.1 with kept connections, and no more of a browser
than a login needs, so that it takes little time of its own."""

import asyncio
import ssl
import time
from urllib.parse import urlsplit


class Failed(Exception):
    """A login that did not end on the account page."""


class Connection(asyncio.Protocol):
    """One connection, with one request at a time."""

    def __init__(self):
        self.received = bytearray()
        self.answer = None

    @classmethod
    async def open(cls, port: int, tls: ssl.SSLContext | None = None) -> "Connection":
        loop = asyncio.get_running_loop()
        transport, connection = await loop.create_connection(
            cls, "127.0.0.1", port, ssl=tls, server_hostname="127.0.0.1" if tls else None)
        connection.transport = transport
        return connection

    def get(self, host: str, target: str, cookies: dict[str, str]) -> asyncio.Future:
        """Sends a request. The future has status, fields (a list of pairs), body, and the time from the request to the last
        byte of the answer."""
        cookie = "; ".join(f"{name}={value}" for name, value in cookies.items())
        self.received.clear()
        self.answer = asyncio.get_running_loop().create_future()
        self.started = time.perf_counter()
        self.transport.write(
            (f"GET {target} HTTP/1.1\r\nHost: {host}\r\nAccept: text/html\r\n"
             + (f"Cookie: {cookie}\r\n" if cookie else "") + "\r\n").encode())
        return self.answer

    def data_received(self, data: bytes):
        self.received += data
        head, mark, body = self.received.partition(b"\r\n\r\n")
        if not mark or self.answer is None or self.answer.done():
            return
        lines = head.decode("latin-1").split("\r\n")
        fields = [(name.lower(), value.strip()) for name, _, value in (line.partition(":") for line in lines[1:])]
        length = next((int(value) for name, value in fields if name == "content-length"), None)
        if length is None:
            # Without a length, the body is chunked here.
            if not body.endswith(b"0\r\n\r\n"):
                return
        elif len(body) < length:
            return
        self.answer.set_result((int(lines[0].split()[1]), fields, bytes(body), time.perf_counter() - self.started))

    def connection_lost(self, error):
        if self.answer is not None and not self.answer.done():
            self.answer.set_exception(Failed(f"the connection was closed: {error}"))

    @property
    def is_open(self) -> bool:
        return not self.transport.is_closing()

    def close(self):
        self.transport.close()


def take_cookies(fields: list, cookies: dict[str, str]):
    for name, value in fields:
        if name == "set-cookie":
            cookie, _, attributes = value.partition(";")
            key, _, content = cookie.partition("=")
            if content and "max-age=0" not in attributes.lower() and "01 jan 1970" not in attributes.lower():
                cookies[key] = content
            else:
                cookies.pop(key, None)


class Browser:
    """A person at one service. Each login has new cookies, and the connections are kept."""

    def __init__(self, service, provider):
        self.service, self.provider = service, provider
        self.to_service = self.to_provider = None

    def close(self):
        for connection in (self.to_service, self.to_provider):
            if connection is not None:
                connection.close()

    async def at_service(self, target: str, cookies: dict[str, str]) -> tuple:
        # A server closes a connection that was idle for long, and a browser opens another one.
        if self.to_service is None or not self.to_service.is_open:
            self.to_service = await Connection.open(self.service.port)
        return await self.to_service.get(self.service.host, target, cookies)

    async def at_provider(self, target: str) -> tuple:
        if self.to_provider is None or not self.to_provider.is_open:
            self.to_provider = await Connection.open(self.provider.port, self.provider.trust)
        return await self.to_provider.get(self.provider.host, target, {})

    async def start(self, cookies: dict[str, str]) -> str:
        """Starts a login. Returns the authorization URL."""
        status, fields, body, _ = await self.at_service(self.service.start, cookies)
        take_cookies(fields, cookies)
        return self._location("start", status, fields, body)

    async def log_in(self, cookies: dict[str, str]) -> float:
        """Logs in. Returns the time of the callback in seconds."""
        url = urlsplit(await self.start(cookies))
        status, fields, body, _ = await self.at_provider(
            f"{url.path}?{url.query}&approve=belgian-eid")
        callback = urlsplit(self._location("authorization", status, fields, body))
        status, fields, body, latency = await self.at_service(
            f"{callback.path}?{callback.query}", cookies)
        self._location("callback", status, fields, body)
        take_cookies(fields, cookies)
        status, _, body, _ = await self.at_service("/account", cookies)
        if status != 200 or self.provider.name not in body:
            raise Failed(f"the account page answers {status}: {body[:300]!r}")
        return latency

    @staticmethod
    def _location(step: str, status: int, fields: list, body: bytes) -> str:
        for name, value in fields:
            if name == "location" and status in (302, 303):
                return value
        raise Failed(f"{step} answers {status}: {body[:300]!r}")


async def crowd(service, provider, in_flight: int, count: int, deed) -> tuple[list[float], float]:
    browsers = [Browser(service, provider) for _ in range(in_flight)]
    left, results = count, []

    async def work(browser: Browser):
        nonlocal left
        while left > 0:
            left -= 1
            results.append(await deed(browser))

    started = time.perf_counter()
    await asyncio.gather(*(work(browser) for browser in browsers))
    elapsed = time.perf_counter() - started
    for browser in browsers:
        browser.close()
    return results, elapsed


def run(service, provider, in_flight: int, count: int, deed=lambda browser: browser.log_in({})):
    """Lets browsers do something `count` times, `in_flight` at a time. Returns the results and the time of it all."""
    return asyncio.run(crowd(service, provider, in_flight, count, deed))
