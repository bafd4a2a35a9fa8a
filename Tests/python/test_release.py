"""A client in Python logs in against the released `itsme`, and refuses what the sandbox alters. Tests/python/run runs it."""

import hashlib
import json
import os
import subprocess
import tarfile
import tempfile
import unittest
from pathlib import Path

import requests
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from relying_party import Refused, RelyingParty

RELEASE = Path(os.environ["ITSME_RELEASE"])
REDIRECT_URI = "https://bank.example/itsme/callback"


def unpacked(into: str) -> Path:
    (tarball,) = RELEASE.glob("itsme-*.tar.gz")
    with tarfile.open(tarball) as archive:
        archive.extractall(into, filter="data")
    (folder,) = Path(into).iterdir()
    return folder


class LoginTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        itsme = unpacked(cls.folder.name) / "itsme"
        home = Path(cls.folder.name)
        subprocess.run(
            [itsme, "keys", "generate", "--non-interactive", "--out-private", home / "private.json",
             "--out-public", home / "public.json"], check=True, stdout=subprocess.DEVNULL)
        (home / "client.json").write_text(json.dumps({
            "client_id": "BANK", "redirect_uris": [REDIRECT_URI], "require_pkce": True,
            "services": [{"code": "BANK_LOGIN", "kind": "login"}, {"code": "BANK_DATA", "kind": "shareData"}],
            "jwks": json.loads((home / "public.json").read_text()),
        }))
        cls.sandbox = subprocess.Popen(
            [itsme, "sandbox", "--client", home / "client.json", "--port", "0"], stdout=subprocess.PIPE, text=True)
        cls.addClassCleanup(cls.stop)
        # One line is "issuer URL"; the sandbox serves when it is written.
        for line in cls.sandbox.stdout:
            if line.split()[:1] == ["issuer"]:
                cls.issuer = line.split()[-1]
                break
        cls.party = RelyingParty(
            cls.issuer, "BANK", REDIRECT_URI, json.loads((home / "private.json").read_text()))

    @classmethod
    def stop(cls):
        cls.sandbox.terminate()
        cls.sandbox.wait()
        cls.sandbox.stdout.close()

    def callback(self, url: str, persona: str) -> str:
        """The URL of the callback, when a person approves at once."""
        answer = requests.get(url, params={"approve": persona}, allow_redirects=False, timeout=10)
        self.assertEqual(answer.status_code, 302, answer.text)
        return answer.headers["Location"]

    def order(self, operation: str, body: dict):
        """An order to the sandbox over HTTP."""
        answer = requests.post(f"{self.issuer}/sandbox/api/{operation}", json=body, timeout=10)
        self.assertLess(answer.status_code, 300, answer.text)

    def waiting_faults(self) -> list:
        return requests.get(f"{self.issuer}/sandbox/api", timeout=10).json()["faults"]

    def log_in(self) -> tuple[str, dict]:
        url, login = self.party.authorization_url("BANK_LOGIN")
        return self.party.tokens(self.party.code(self.callback(url, "belgian-eid"), login), login)

    def test_logs_in(self):
        _, claims = self.log_in()
        self.assertEqual(len(claims["sub"]), 36)

    def test_reads_requested_claims_from_user_info(self):
        url, login = self.party.authorization_url(
            "BANK_DATA", {"userinfo": {"birthdate": None, "http://itsme.services/v2/claim/BENationalNumber": None}})
        code = self.party.code(self.callback(url, "belgian-eid"), login)
        access_token, claims = self.party.tokens(code, login)
        person = self.party.user_info(access_token, claims["sub"])
        self.assertEqual(person["birthdate"], "1985-07-23")
        self.assertRegex(person["http://itsme.services/v2/claim/BENationalNumber"], r"^850723\d{5}$")

    def test_reports_that_the_person_cancels(self):
        url, login = self.party.authorization_url("BANK_LOGIN")
        with self.assertRaisesRegex(Refused, "access_denied"):
            self.party.code(self.callback(url, "cancel"), login)

    def test_logs_in_as_the_person_who_was_queued(self):
        self.order("answers", {"persona": "dutch-document"})
        url, login = self.party.authorization_url("BANK_DATA", {"userinfo": {"birthdate": None}})
        callback = requests.get(url, allow_redirects=False, timeout=10).headers["Location"]
        access_token, claims = self.party.tokens(self.party.code(callback, login), login)
        self.assertEqual(self.party.user_info(access_token, claims["sub"])["birthdate"], "1979-03-10")

    def test_refuses_what_the_sandbox_alters(self):
        for fault in ["sig-foreign-key", "invalid-iss", "invalid-aud", "nonce-invalid", "not-encrypted", "invalid-expired-exp"]:
            with self.subTest(fault):
                self.order("faults", {"name": fault})
                with self.assertRaises(Refused):
                    self.log_in()
                self.assertEqual(self.waiting_faults(), [])

    def test_accepts_a_harmless_change(self):
        self.order("faults", {"name": "valid-aud-as-array"})
        self.log_in()
        self.assertEqual(self.waiting_faults(), [])


class ReleaseTests(unittest.TestCase):
    def test_bill_of_materials_follows_the_schema(self):
        (bill,) = RELEASE.glob("*.cdx.json")
        self.assertIsNone(JsonStrictValidator(SchemaVersion.V1_6).validate_str(bill.read_text()))
        names = {component["name"] for component in json.loads(bill.read_text())["components"]}
        self.assertLessEqual({"curl", "openssl", "zlib", "swift-nio", "hummingbird", "BoringSSL"}, names)

    def test_checksums_match_the_files(self):
        listed = [line.split() for line in (RELEASE / "SHA256SUMS").read_text().splitlines()]
        for digest, name in listed:
            self.assertEqual(hashlib.sha256((RELEASE / name).read_bytes()).hexdigest(), digest, name)
        self.assertEqual({name for _, name in listed} | {"SHA256SUMS"}, {file.name for file in RELEASE.iterdir()})

    def test_tarball_holds_what_a_user_needs(self):
        with tempfile.TemporaryDirectory() as folder:
            release = unpacked(folder)
            files = {str(file.relative_to(release)) for file in release.rglob("*") if file.is_file()}
        self.assertEqual(files, {
            "itsme", "LICENSE", "README.md", "itsme.cdx.json", "itsme-sandbox.service", "service.service",
            "completions/itsme.bash", "completions/itsme.zsh", "completions/itsme.fish"})


if __name__ == "__main__":
    unittest.main()
