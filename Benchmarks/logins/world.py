"""The processes of the benchmark: the sandbox as provider, and the contenders as services."""

import json
import os
import secrets
import shutil
import signal
import socket
import ssl
import subprocess
import time
from pathlib import Path

from joserfc import jwk

import browser

HERE = Path(__file__).resolve().parent
BUILD = HERE.parent.parent / ".build-logins"
BIN = BUILD / "release"
# One for the contender, the other for the provider, the browsers and this.
CONTENDER_CORE, OUR_CORE = 0, 1
# The same claims from all: those of the scope profile, in UserInfo.
SCOPE = "openid service:LOGIN profile"


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


class Group:
    """A process and all its descendants."""

    def __init__(self, command: list, cores: str, environment: dict[str, str] = {}, log: Path | None = None, **options):
        with open(log or os.devnull, "ab") as output:
            self.process = subprocess.Popen(
                ["taskset", "-c", cores, *map(str, command)], env=os.environ | environment, stderr=output,
                **{"stdout": subprocess.DEVNULL, **options})

    def pids(self) -> list[int]:
        parents = {}
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                parents.setdefault(int(self._stat(folder.name)[1]), []).append(int(folder.name))
            except OSError:
                pass  # It has ended.
        found = [self.process.pid]
        for pid in found:
            found += parents.get(pid, [])
        return found

    @staticmethod
    def _stat(pid) -> list[str]:
        """The fields after the name, from the state on."""
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()

    def cpu(self) -> float:
        """The seconds of all processes, also of those that have ended, by user and system."""
        ticks = sum(sum(map(int, self._stat(pid)[11:15])) for pid in self.pids())
        return ticks / os.sysconf("SC_CLK_TCK")

    def memory(self) -> tuple[int, int]:
        """The resident bytes of all processes: their own, and with those of the program and its libraries. What several
        of them share counts once."""
        own, files = 0, {}
        for pid in self.pids():
            of_process, file = {}, None
            for line in Path(f"/proc/{pid}/smaps").read_text().splitlines():
                name, *values = line.split()
                if not name.endswith(":"):
                    # A mapping, with its path at the end if it has one.
                    file = values[4] if len(values) > 4 and values[4].startswith("/") else None
                elif name == "Rss:" and file:
                    of_process[file] = of_process.get(file, 0) + int(values[0])
                elif name == "Anonymous:" and file:
                    of_process[file] -= int(values[0])
            for file, size in of_process.items():
                files[file] = max(files.get(file, 0), size)
            for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                if line.startswith(("Pss_Anon:", "Pss_Shmem:")):
                    own += int(line.split()[1])
        return own * 1024, (own + sum(size for file, size in files.items() if "(deleted)" not in file)) * 1024

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


class World:
    """A folder with keys, certificates and registrations, and the sandbox."""

    name = b"Lotte"

    def __init__(self, folder: Path):
        self.folder, self.port = folder, free_port()
        self.issuer = f"https://127.0.0.1:{self.port}/v2"
        self.log = folder / "log"
        run = lambda *command: subprocess.run([*map(str, command)], check=True, stdout=subprocess.DEVNULL,
                                              stderr=subprocess.DEVNULL)
        os.umask(0o077)
        run(BIN / "itsme", "keys", "generate", "--non-interactive", "--out-private", folder / "keys.json",
            "--out-public", folder / "public.json")
        run(BIN / "itsme", "keys", "sealing-key", "--out", folder / "sealing-key")
        run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1",
            "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", folder / "tls.key", "-out", folder / "tls.crt")
        self.ca = folder / "tls.crt"
        self.trust = ssl.create_default_context(cafile=self.ca)
        self.kids = {}
        for key in json.loads((folder / "keys.json").read_text())["keys"]:
            use, self.kids[key["use"]] = key["use"], key["kid"]
            private = jwk.RSAKey.import_key(key)
            (folder / f"{use}.pem").write_bytes(private.as_pem(private=True))
            (folder / f"{use}.pub.pem").write_bytes(private.as_pem(private=False))
        run("cc", "-O2", "-o", folder / "rsa", HERE / "rsa.c", "-lcrypto")
        self.contenders = [kind(self) for kind in (IDTokenService, UserInfoService, ApacheService, PythonService)]
        command = [BIN / "itsme", "sandbox", "--port", self.port, "--tls-cert", self.ca, "--tls-key", folder / "tls.key",
                   "--keys", folder / "sandbox.json"]
        for contender in self.contenders:
            path = folder / f"{contender.client_id}.json"
            path.write_text(json.dumps(contender.registration()))
            command += ["--client", path]
        self.sandbox = Group(command, str(OUR_CORE), log=self.log, stdout=subprocess.PIPE)
        for line in self.sandbox.process.stdout:
            if b"issuer" in line:
                break
        else:
            raise SystemExit(f"the sandbox did not start: {self.log.read_text()}")
        # The rest of what it says fits into the pipe.

    def bare_rsa(self, runs: int = 200) -> dict[str, float]:
        """The CPU time of each operation in microseconds."""
        output = subprocess.run(
            ["taskset", "-c", str(CONTENDER_CORE), self.folder / "rsa", self.folder / "sig.pem", str(runs)],
            check=True, capture_output=True, text=True).stdout
        return dict(zip(("sign", "decrypt", "verify", "encrypt"), map(float, output.split())))

    def requests(self) -> list[dict]:
        """What the sandbox recorded."""
        import urllib.request
        with urllib.request.urlopen(self.issuer + "/sandbox/api/requests", context=self.trust) as answer:
            return json.loads(answer.read())["requests"]

    def close(self):
        self.sandbox.stop()


class Contender:
    """A service that logs people in."""

    start = "/start"
    cores = str(CONTENDER_CORE)
    # Two signatures: request object and client assertion; one decryption and one verification for each token.
    operations = {"sign": 2, "decrypt": 2, "verify": 2, "encrypt": 1}
    key_encryption = "RSA-OAEP-256"

    def __init__(self, world: World):
        self.world, self.port = world, free_port()
        self.host = f"127.0.0.1:{self.port}"
        self.redirect_uri = f"http://{self.host}/callback"

    def registration(self) -> dict:
        return {
            "client_id": self.client_id, "token_endpoint_auth_method": "private_key_jwt",
            "redirect_uris": [self.redirect_uri], "services": [{"code": "LOGIN", "kind": "login"}],
            "jwks": json.loads((self.world.folder / "public.json").read_text()), "require_pkce": True,
            "id_token_encrypted_response_alg": self.key_encryption,
            "userinfo_encrypted_response_alg": self.key_encryption,
        }

    def launch(self, cores: str | None = None):
        """Starts the service. It may not answer yet."""
        command, environment = self.command()
        self.group = Group(command, cores or self.cores, environment, self.world.log)

    def open(self, cores: str | None = None) -> float:
        """Starts the service, and lets one person log in. Returns the seconds until then."""
        began = time.perf_counter()
        self.launch(cores)
        while True:
            try:
                self.log_in(1, 1)
                return time.perf_counter() - began
            except OSError:
                if self.group.process.poll() is not None or time.perf_counter() - began > 60:
                    raise SystemExit(f"{self.name} did not start; see {self.world.log}")
                time.sleep(0.002)

    def log_in(self, in_flight: int, count: int) -> tuple[list[float], float]:
        return browser.run(self, self.world, in_flight, count)

    def start_logins(self, count: int) -> float:
        """Starts logins that nobody finishes. Returns the time that it took."""
        return browser.run(self, self.world, 8, count, lambda browser: browser.start({}))[1]

    def close(self):
        self.group.stop()


class SwiftService(Contender):
    start = "/itsme/login?target=%2Faccount"

    def command(self):
        folder = self.world.folder
        return [BIN / self.program], {
            "ITSME_ENVIRONMENT": "loopback-sandbox", "ITSME_ISSUER": self.world.issuer,
            "ITSME_CLIENT_ID": self.client_id, "ITSME_REDIRECT_URI": self.redirect_uri,
            "ITSME_KEY_FILE": str(folder / "keys.json"), "ITSME_SEALING_KEY_FILE": str(folder / "sealing-key"),
            "ITSME_CA_FILE": str(self.world.ca), "ITSME_SERVICE_LOGIN": "LOGIN", "ITSME_SERVICE_DATA": "DATA",
            "ITSME_SERVICE_CONFIRM": "CONFIRM", "HTTP_PORT": str(self.port)}


class IDTokenService(SwiftService):
    """Examples/Service as it is: a claim in the ID token, and no UserInfo."""

    name, client_id, program = "Examples/Service", "ID_TOKEN", "Service"
    operations = {"sign": 2, "decrypt": 1, "verify": 1, "encrypt": 1}


class UserInfoService(SwiftService):
    """The same service, except that it asks for UserInfo."""

    name, client_id, program = "the same with UserInfo", "USERINFO", "LoginService"

    def hold_backchannel_requests(self, count: int, how: str):
        """Starts backchannel requests for a person who does not answer: `polled` by a task each, or only `kept`."""
        cookies = {}
        browser.run(self, self.world, 1, 1, lambda browser: browser.log_in(cookies))
        for answer in browser.run(
                self, self.world, 8, count,
                lambda browser: browser.to_service.get(f"/account/backchannel/{how}", cookies))[0]:
            if answer[0] != 200:
                raise browser.Failed(f"the backchannel request answers {answer[0]}: {answer[2][:300]!r}")


class PythonService(Contender):
    name, client_id = "Starlette, Authlib, joserfc", "PYTHON"

    def command(self):
        return [
            BUILD / "venv/bin/uvicorn", "service:app", "--app-dir", HERE, "--port", self.port, "--no-access-log",
            "--log-level", "warning",
        ], {
            "ISSUER": self.world.issuer, "CLIENT_ID": self.client_id, "REDIRECT_URI": self.redirect_uri, "SCOPE": SCOPE,
            "KEY_FILE": str(self.world.folder / "keys.json"), "CA_FILE": str(self.world.ca),
            "PYTHONDONTWRITEBYTECODE": "1"}


class ApacheService(Contender):
    name, client_id = "Apache, mod_auth_openidc", "APACHE"
    start = "/account"
    # cjose has no RSA-OAEP-256.
    key_encryption = "RSA-OAEP"

    def command(self):
        # Readable for Apache's user.
        folder = self.world.folder / "apache"
        if not folder.exists():
            for name in ("sig.pem", "enc.pem", "sig.pub.pem", "enc.pub.pem"):
                folder.mkdir(exist_ok=True)
                shutil.copy(self.world.folder / name, folder)
            (folder / "htdocs").mkdir()
            (folder / "htdocs/account").write_text('Hello <!--#echo var="OIDC_CLAIM_given_name" -->\n')
            names = ["response_type", "scope", "client_id", "state", "redirect_uri", "nonce", "code_challenge",
                     "code_challenge_method"]
            request_object = {
                "request_object_type": "request", "copy_from_request": names,
                "crypto": {"sign_alg": "RS256", "crypt_alg": "RSA-OAEP", "crypt_enc": "A128CBC-HS256"}}
            values = {
                "folder": folder, "port": self.port, "modules": "/usr/lib/apache2/modules", "issuer": self.world.issuer,
                "ca": folder / "ca.crt", "client_id": self.client_id, "redirect_uri": self.redirect_uri, "scope": SCOPE,
                "passphrase": secrets.token_hex(16), "sig_kid": self.world.kids["sig"],
                "enc_kid": self.world.kids["enc"],
                "request_object": "'" + json.dumps(request_object) + "'"}
            shutil.copy(self.world.ca, folder / "ca.crt")
            text = (HERE / "apache.conf").read_text()
            for name, value in values.items():
                text = text.replace("{%s}" % name, str(value))
            (folder / "apache.conf").write_text(text)
            subprocess.run(["chmod", "-R", "a+rX", folder], check=True)
            self.world.folder.chmod(0o711)
        return ["/usr/sbin/apache2", "-f", folder / "apache.conf", "-DFOREGROUND"], {}
