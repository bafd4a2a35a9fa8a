"""A small browser: cookies, redirects, and connections that stay open."""

import asyncio
import json
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

TIMEOUT = 30  # seconds for one request


class ConnectionFailed(Exception):
    """The server could not be reached, or closed the connection before the end of its answer."""


@dataclass
class Answer:
    url: str
    status: int
    fields: list[tuple[str, str]]
    body: bytes

    def field(self, name):
        return next((value for key, value in self.fields if key == name), None)

    @property
    def text(self):
        return self.body.decode("utf-8", "replace")

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def location(self):
        """Where a redirect leads; None if this is no redirect."""
        target = self.field("location")
        return urljoin(self.url, target) if target and 300 <= self.status < 400 else None

    @property
    def new_cookies(self):
        """The cookies that the answer sets: name and value, which is None for a cookie to remove."""
        cookies = {}
        for key, line in self.fields:
            if key == "set-cookie":
                pair, *attributes = [part.strip() for part in line.split(";")]
                name, _, value = pair.partition("=")
                removed = "max-age=0" in (attribute.lower() for attribute in attributes)
                cookies[name] = None if removed else value
        return cookies


class Connection:
    """One connection, for one request at a time."""

    def __init__(self, reader, writer):
        self.reader, self.writer = reader, writer
        self.has_begun = False

    @staticmethod
    async def open(host, port):
        return Connection(*await asyncio.open_connection(host, port))

    async def exchange(self, head, body):
        """Sends a request; returns status, fields and body."""
        self.has_begun = False
        self.writer.write(head + body)
        await self.writer.drain()
        line = await self.reader.readuntil(b"\r\n")
        self.has_begun = True
        status = int(line.split()[1])
        fields = []
        while (line := await self.reader.readuntil(b"\r\n")) != b"\r\n":
            name, _, value = line.decode("latin-1").partition(":")
            fields.append((name.strip().lower(), value.strip()))
        known = dict(fields)
        if known.get("transfer-encoding", "").lower() == "chunked":
            content = b""
            while size := int(await self.reader.readuntil(b"\r\n"), 16):
                content += await self.reader.readexactly(size)
                await self.reader.readexactly(2)
            await self.reader.readexactly(2)
        elif "content-length" in known:
            content = await self.reader.readexactly(int(known["content-length"]))
        elif status in (204, 304):
            content = b""
        else:
            content = await self.reader.read()
        return status, fields, content

    def close(self):
        self.writer.close()


@dataclass
class Browser:
    """A browser of one person. It has one connection to each server, as it sends one request at a time."""

    cookies: dict[str, str] = field(default_factory=dict)
    connections: dict[tuple[str, int], Connection] = field(default_factory=dict)

    async def get(self, url, *, at=None):
        """Requests a page, without following a redirect.

        `at` is the port of the server that gets the request, in place of the one in the URL.
        """
        return await self.send("GET", url, at=at)

    async def post(self, url, body=b"", media_type="application/x-www-form-urlencoded"):
        return await self.send("POST", url, body, media_type)

    async def send(self, method, url, body=b"", media_type=None, *, at=None):
        parts = urlsplit(url)
        address = (parts.hostname, at or parts.port or 80)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        lines = [f"{method} {target} HTTP/1.1", f"Host: {parts.netloc}", "Accept: text/html", "Accept-Language: en"]
        if self.cookies:
            lines.append("Cookie: " + "; ".join(f"{name}={value}" for name, value in self.cookies.items()))
        if method != "GET":
            lines.append(f"Origin: {parts.scheme}://{parts.netloc}")
            lines.append(f"Content-Length: {len(body)}")
        if media_type:
            lines.append(f"Content-Type: {media_type}")
        head = "".join(line + "\r\n" for line in lines + [""]).encode()
        try:
            async with asyncio.timeout(TIMEOUT):
                answer = Answer(url, *await self.exchange(method, address, head, body))
        except (OSError, asyncio.IncompleteReadError, TimeoutError) as error:
            raise ConnectionFailed(f"{type(error).__name__} at port {address[1]}") from error
        for name, value in answer.new_cookies.items():
            if value is None:
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = value
        return answer

    async def exchange(self, method, address, head, body):
        kept = self.connections.pop(address, None)
        if kept:
            try:
                return await self.exchange_on(kept, address, head, body)
            except (OSError, asyncio.IncompleteReadError):
                # The server closed the idle connection at the same moment. Like every browser, send a GET once more.
                if kept.has_begun or method != "GET":
                    raise
        return await self.exchange_on(await Connection.open(*address), address, head, body)

    async def exchange_on(self, connection, address, head, body):
        try:
            status, fields, content = await connection.exchange(head, body)
        except BaseException:
            connection.close()
            raise
        if dict(fields).get("connection", "").lower() == "close":
            connection.close()
        else:
            self.connections[address] = connection
        return status, fields, content

    def copy(self):
        """Another tab of this browser as it is now: the same cookies."""
        return Browser(dict(self.cookies))

    def close(self):
        for connection in self.connections.values():
            connection.close()
        self.connections.clear()
