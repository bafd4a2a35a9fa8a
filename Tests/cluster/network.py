"""A network between the services and their store that can be interrupted."""

import asyncio


class Network:
    """Passes connections on to a server on this machine.

    While it is cut, every byte is held back. Afterwards, half of the connections continue, as TCP does after lost packets. The
    other half are reset, as when a router has forgotten them.
    """

    def __init__(self, port, target):
        self.port, self.target = port, target
        self.server = None
        self.passes = asyncio.Event()
        self.passes.set()
        self.connections = set()

    async def start(self):
        if not self.server:
            self.server = await asyncio.start_server(self.connect, "127.0.0.1", self.port)

    def stop(self):
        if self.server:
            self.server.close()
        for writer in list(self.connections):
            writer.transport.abort()

    async def cut(self, seconds):
        self.passes.clear()
        await asyncio.sleep(seconds)
        for writer in list(self.connections)[::2]:
            writer.transport.abort()
        self.passes.set()

    async def connect(self, reader, writer):
        self.connections.add(writer)
        onward = None
        try:
            await self.passes.wait()
            server, onward = await asyncio.open_connection("127.0.0.1", self.target)
            directions = [asyncio.create_task(self.carry(reader, onward)), asyncio.create_task(self.carry(server, writer))]
            await asyncio.wait(directions, return_when=asyncio.FIRST_COMPLETED)
            for direction in directions:
                direction.cancel()
            await asyncio.gather(*directions, return_exceptions=True)
        except OSError:
            pass  # The server is down, so the connection is closed.
        finally:
            self.connections.discard(writer)
            writer.transport.abort()
            if onward:
                onward.transport.abort()

    async def carry(self, reader, writer):
        while data := await reader.read(65536):
            await self.passes.wait()
            writer.write(data)
            await writer.drain()
