"""The processes of a cluster on this machine: the local itsme, a store, instances of the service, and nginx in front."""

import asyncio
import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
from pathlib import Path

from browser import Browser, ConnectionFailed
from network import Network

ROOT = Path(__file__).resolve().parents[2]
BINARIES = ROOT / ".build" / "debug"
CLIENT = "SANDBOX_CLIENT"


class Failure(Exception):
    """The test cannot go on."""


def run_until_terminated(main):
    """Runs a coroutine. SIGTERM cancels it, so that it stops its processes."""
    async def cancellable():
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, asyncio.current_task().cancel)
        return await main
    return asyncio.run(cancellable())


given_ports = set()


def free_ports(count):
    """Ports that no program uses, and that were not given before."""
    ports = []
    while len(ports) < count:
        with socket.socket() as one:
            one.bind(("127.0.0.1", 0))
            port = one.getsockname()[1]
        if port not in given_ports:
            given_ports.add(port)
            ports.append(port)
    return ports


async def until(condition, what, seconds=60):
    """Waits until a condition holds. Checks it every tenth of a second."""
    try:
        async with asyncio.timeout(seconds):
            while not await condition():
                await asyncio.sleep(0.1)
    except TimeoutError:
        raise Failure(f"{what} took longer than {seconds} seconds")


def itsme(*arguments):
    """Runs the command itsme and returns its status and what it printed."""
    result = subprocess.run([BINARIES / "itsme", *map(str, arguments)], capture_output=True, text=True)
    if result.returncode not in (0, 75):
        raise Failure(f"itsme {arguments[0]} {arguments[1]}: {result.stderr}{result.stdout}")
    return result.returncode, result.stdout


class Program:
    """A program that runs until it is stopped."""

    # Whether its standard output is logged as well as its standard error.
    keeps_output = True
    # Ends it at once, with all its processes.
    crash_signal = signal.SIGKILL

    def __init__(self, name, folder, *command, user=None):
        self.name, self.command, self.user = name, command, user
        self.log = folder / f"{name}.log"
        self.process = None

    def environment(self):
        """That of this process, without settings of services and databases."""
        return {
            name: value for name, value in os.environ.items()
            if not name.startswith(("ITSME_", "HTTP_", "STORE_", "KEY_", "PG"))}

    async def start(self):
        with open(self.log, "ab") as log:
            output = log if self.keeps_output else subprocess.DEVNULL
            self.process = await asyncio.create_subprocess_exec(
                *self.command, env=self.environment(), stdin=subprocess.DEVNULL, stdout=output, stderr=log, user=self.user,
                start_new_session=True)  # So that Ctrl-C reaches only this process.
        await until(self.answers, f"the start of {self.name} ({self.log})")

    async def answers(self):
        """Whether it can be used."""
        return self.is_running()

    def is_running(self):
        if self.process.returncode is not None:
            raise Failure(f"{self.name} ended by itself with status {self.process.returncode}; see {self.log}")
        return True

    async def end(self, by=signal.SIGTERM):
        if self.process and self.process.returncode is None:
            self.process.send_signal(by)
            try:
                await asyncio.wait_for(self.process.wait(), 30)
            except TimeoutError:
                os.killpg(self.process.pid, signal.SIGKILL)
                await self.process.wait()
                raise Failure(f"{self.name} did not end within 30 seconds after signal {by}")

    async def crash(self):
        await self.end(self.crash_signal)


async def status_of(url):
    """The status of a page; None if there is no answer."""
    browser = Browser()
    try:
        return (await browser.get(url)).status
    except ConnectionFailed:
        return None
    finally:
        browser.close()


class Sandbox(Program):
    """The local itsme."""

    def __init__(self, folder, port, registrations):
        files = []
        for registration in registrations:
            path = folder / f"{registration['client_id']}.json"
            path.write_text(json.dumps(registration))
            files += ["--client", path]
        super().__init__("sandbox", folder, BINARIES / "itsme", "sandbox", "--port", str(port), *files)
        self.issuer = f"http://127.0.0.1:{port}/v2"

    async def answers(self):
        return self.is_running() and await status_of(f"{self.issuer}/.well-known/openid-configuration") == 200

    async def api(self, method, path, **body):
        """Calls the sandbox's HTTP interface for tests."""
        answer = await self.call(method, path, body)
        if answer.status >= 400:
            raise Failure(f"sandbox: {method} {path}: {answer.text}")
        return answer.json if answer.body else None

    async def try_api(self, method, path, **body):
        """As `api`, for an operation that may come too late; returns whether it was in time."""
        return (await self.call(method, path, body)).status < 400

    async def call(self, method, path, body):
        browser = Browser()
        try:
            return await browser.send(
                method, f"{self.issuer}/sandbox/api{path}", json.dumps(body).encode() if body else b"", "application/json")
        finally:
            browser.close()


class Service(Program):
    """An instance of Examples/Service. Each start reads the settings again, as a deployment does."""

    # The service writes its metrics there.
    keeps_output = False

    def __init__(self, name, folder, port, settings):
        super().__init__(name, folder, BINARIES / "Service")
        self.port, self.settings = port, settings

    def environment(self):
        return super().environment() | self.settings() | {"HTTP_PORT": str(self.port)}

    async def answers(self):
        return self.is_running() and await status_of(f"http://127.0.0.1:{self.port}/ready") == 200

    async def published(self):
        """The key IDs that this instance publishes; None if it does not answer."""
        browser = Browser()
        try:
            answer = await browser.get(f"http://127.0.0.1:{self.port}/jwks.json")
            return {key["kid"] for key in answer.json["keys"]} if answer.status == 200 else None
        except ConnectionFailed:
            return None
        finally:
            browser.close()


class Nginx(Program):
    """Round robin, without sticky sessions. As nginx does by default, a GET goes to the next instance if one cannot be reached
    or dies, and a POST only if it was not sent."""

    # After SIGKILL, its worker processes would continue.
    crash_signal = signal.SIGTERM

    def __init__(self, folder, port, services):
        path = folder / "nginx.conf"
        temporary = "\n".join(
            f"    {kind}_temp_path {folder}/nginx-{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        servers = "\n".join(f"        server 127.0.0.1:{service.port} fail_timeout=1s;" for service in services)
        path.write_text(f"""
            daemon off;
            {"user root;" if os.getuid() == 0 else ""}
            pid {folder}/nginx.pid;
            error_log {folder}/nginx-error.log warn;
            worker_processes 1;
            events {{ worker_connections 2048; }}
            http {{
                access_log off;
                {temporary}
                upstream services {{
                    {servers}
                    keepalive 64;
                }}
                server {{
                    listen 127.0.0.1:{port};
                    location / {{
                        proxy_pass http://services;
                        proxy_http_version 1.1;
                        proxy_set_header Connection "";
                        proxy_set_header Host $http_host;
                        proxy_connect_timeout 2s;
                        proxy_read_timeout 30s;
                    }}
                }}
            }}
            """)
        program = shutil.which("nginx") or "/usr/sbin/nginx"
        super().__init__("nginx", folder, program, "-e", folder / "nginx-error.log", "-c", path, "-p", folder)
        self.url = f"http://127.0.0.1:{port}"

    async def answers(self):
        return self.is_running() and await status_of(f"{self.url}/jwks.json") == 200

    async def reload(self):
        self.is_running()
        self.process.send_signal(signal.SIGHUP)


class Store(Program):
    """A store behind a network that can be interrupted."""

    def __init__(self, name, folder, port, *command, user=None):
        super().__init__(name, folder, *command, user=user)
        self.port = port
        self.network = Network(*free_ports(1), port)

    async def start(self):
        await super().start()
        await self.network.start()


class Redis(Store):
    """Redis that forgets nothing when it crashes: every write is in a file before it is answered."""

    def __init__(self, folder, port):
        super().__init__(
            "redis", folder, port, shutil.which("redis-server") or shutil.which("valkey-server") or "redis-server",
            "--bind", "127.0.0.1", "--port", str(port), "--dir", str(folder), "--save", "",
            "--appendonly", "yes", "--appendfsync", "always")

    @property
    def url(self):
        return f"redis://127.0.0.1:{self.network.port}"

    async def answers(self):
        self.is_running()
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
            writer.write(b"PING\r\n")
            answer = await reader.readline()
            writer.close()
            return answer == b"+PONG\r\n"
        except OSError:
            return False


class PostgreSQL(Store):
    # "Immediate shutdown": the next start recovers from the write-ahead log.
    crash_signal = signal.SIGQUIT

    def __init__(self, folder, port):
        self.data = folder / "postgresql"
        # It refuses to run as root.
        users = {entry.pw_name for entry in pwd.getpwall()}
        user = None if os.getuid() else "postgres" if "postgres" in users else "nobody"
        super().__init__(
            "postgres", folder, port, self.program("postgres"), "-D", self.data, "-c", "listen_addresses=127.0.0.1",
            "-p", str(port), "-k", self.data, user=user)
        self.data.mkdir()
        if user:
            shutil.chown(self.data, user)
            # Other users cannot enter the folder of the test.
            folder.chmod(0o711)
        subprocess.run(
            [self.program("initdb"), "-D", self.data, "-U", "service", "-A", "trust", "--no-locale", "-E", "UTF8"],
            check=True, stdout=subprocess.DEVNULL, user=user, cwd="/")

    @staticmethod
    def program(name):
        installed = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
        found = shutil.which(name) or (str(installed[-1]) if installed else None)
        return found or name

    @property
    def url(self):
        return f"postgresql://service@127.0.0.1:{self.network.port}/postgres"

    async def answers(self):
        self.is_running()
        ready = await asyncio.create_subprocess_exec(
            self.program("pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port), "-U", "service", "-d", "postgres")
        return await ready.wait() == 0


STORES = {"redis": Redis, "postgres": PostgreSQL}


class Cluster:
    """Everything: `count` instances, and one store for all; without a store, each instance has its own memory."""

    def __init__(self, folder, count, store=None):
        self.folder = folder
        front, sandbox, database, *ports = free_ports(3 + count)
        self.store = STORES[store](folder, database) if store else None
        self.keys = folder / "keys.json"
        itsme("keys", "generate", "--non-interactive", "--out-private", self.keys, "--out-public", folder / "public.json")
        self.sealing_key, self.previous_sealing_key = self.new_sealing_key(), None
        self.services = [Service(f"service-{port}", folder, port, self.settings) for port in ports]
        self.nginx = Nginx(folder, front, self.services)
        registration = json.loads((ROOT / "Fixtures/sandbox/client.json").read_text())
        registration |= {
            "redirect_uris": [f"{self.nginx.url}/callback"], "jwks_uri": f"{self.nginx.url}/jwks.json",
            "backchannel_client_notification_endpoint": f"{self.nginx.url}/itsme/ping"}
        self.sandbox = Sandbox(folder, sandbox, [registration])

    def new_sealing_key(self):
        path = self.folder / f"sealing-key-{len(list(self.folder.glob('sealing-key-*')))}"
        itsme("keys", "sealing-key", "--out", path)
        return path

    def settings(self):
        settings = {
            "ITSME_ENVIRONMENT": "loopback-sandbox", "ITSME_ISSUER": self.sandbox.issuer, "ITSME_CLIENT_ID": CLIENT,
            "ITSME_REDIRECT_URI": f"{self.nginx.url}/callback", "ITSME_KEY_FILE": str(self.keys),
            "ITSME_SEALING_KEY_FILE": str(self.sealing_key), "ITSME_SERVICE_LOGIN": "SANDBOX_LOGIN",
            "ITSME_SERVICE_DATA": "SANDBOX_DATA", "ITSME_SERVICE_CONFIRM": "SANDBOX_CONFIRM", "KEY_INTERVAL": "2"}
        if self.previous_sealing_key:
            settings["ITSME_PREVIOUS_SEALING_KEY_FILE"] = str(self.previous_sealing_key)
        if self.store:
            settings["STORE_URL"] = self.store.url
        return settings

    async def start(self):
        await self.sandbox.start()
        if self.store:
            await self.store.start()
        for service in self.services:
            await service.start()
        await self.nginx.start()

    async def stop(self):
        programs = [self.nginx, *self.services, self.sandbox]
        if self.store:
            self.store.network.stop()
            programs.append(self.store)
        outcomes = await asyncio.gather(*(program.crash() for program in programs), return_exceptions=True)
        for outcome in outcomes:
            if outcome:
                raise outcome
