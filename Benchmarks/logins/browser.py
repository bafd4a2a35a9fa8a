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

    def connection_made(self, transport):
        self.transport = transport

    def get(self, host: str, target: str, cookies: dict[str, str]) -> asyncio.Future:
        """Sends a request. The future has status, fields (a list of pairs), body, and when the last byte of the answer came."""
        cookie = "; ".join(f"{name}={value}" for name, value in cookies.items())
        self.received.clear()
        self.answer = asyncio.get_running_loop().create_future()
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
        self.answer.set_result((int(lines[0].split()[1]), fields, bytes(body), time.perf_counter()))

    def connection_lost(self, error):
        if self.answer is not None and not self.answer.done():
            self.answer.set_exception(Failed(f"the connection was closed: {error}"))


class Connections:
    """Kept connections to one server, as a proxy has them: fewer than people, because a server accepts a limited number
    (`ServerLimits.maximumConnections`)."""

    def __init__(self, port: int, tls: ssl.SSLContext | None = None):
        self.port, self.tls, self.host = port, tls, f"127.0.0.1:{port}"
        self.idle = []
        self.all = asyncio.Semaphore(400)
        # More at once do not fit into the queue of a listening socket.
        self.opening = asyncio.Semaphore(50)

    async def get(self, target: str, cookies: dict[str, str]) -> tuple:
        async with self.all:
            connection = await self._take()
            answer = await connection.get(self.host, target, cookies)
            self.idle.append(connection)
            return answer

    async def _take(self) -> Connection:
        while self.idle:
            connection = self.idle.pop()
            if not connection.transport.is_closing():
                return connection
        async with self.opening:
            _, connection = await asyncio.get_running_loop().create_connection(
                Connection, "127.0.0.1", self.port, ssl=self.tls, server_hostname="127.0.0.1" if self.tls else None)
        return connection

    def close(self):
        for connection in self.idle:
            connection.transport.close()


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
    """People at one service. Each login has new cookies."""

    def __init__(self, service, provider):
        self.name, self.start_target = provider.name, service.start
        self.to_service = Connections(service.port)
        self.to_provider = Connections(provider.port, provider.trust)

    def close(self):
        self.to_service.close()
        self.to_provider.close()

    async def start(self, cookies: dict[str, str]) -> str:
        """Starts a login. Returns the authorization URL."""
        status, fields, body, _ = await self.to_service.get(self.start_target, cookies)
        take_cookies(fields, cookies)
        return self._location("start", status, fields, body)

    async def log_in(self, cookies: dict[str, str]) -> float:
        """Logs in. Returns the time of the callback in seconds."""
        url = urlsplit(await self.start(cookies))
        status, fields, body, _ = await self.to_provider.get(f"{url.path}?{url.query}&approve=belgian-eid", {})
        callback = urlsplit(self._location("authorization", status, fields, body))
        began = time.perf_counter()
        status, fields, body, ended = await self.to_service.get(f"{callback.path}?{callback.query}", cookies)
        self._location("callback", status, fields, body)
        take_cookies(fields, cookies)
        status, _, body, _ = await self.to_service.get("/account", cookies)
        if status != 200 or self.name not in body:
            raise Failed(f"the account page answers {status}: {body[:300]!r}")
        return ended - began

    @staticmethod
    def _location(step: str, status: int, fields: list, body: bytes) -> str:
        for name, value in fields:
            if name == "location" and status in (302, 303):
                return value
        raise Failed(f"{step} answers {status}: {body[:300]!r}")


async def crowd(service, provider, in_flight: int, count: int, deed) -> tuple[list[float], float]:
    browser, left, results = Browser(service, provider), count, []

    async def work():
        nonlocal left
        while left > 0:
            left -= 1
            results.append(await deed(browser))

    started = time.perf_counter()
    await asyncio.gather(*(work() for _ in range(in_flight)))
    elapsed = time.perf_counter() - started
    browser.close()
    return results, elapsed


def run(service, provider, in_flight: int, count: int, deed=lambda browser: browser.log_in({})):
    """Does something `count` times, `in_flight` at a time. Returns the results and the time of it all."""
    return asyncio.run(crowd(service, provider, in_flight, count, deed))
