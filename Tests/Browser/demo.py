"""The process `itsme demo`, and what people do at the shop, at itsme and with their phones."""
import re
import subprocess


class Demo:
    """Starts the demo, on ports that the system picks. Use it in a `with` statement."""

    def __init__(self, itsme):
        self.process = subprocess.Popen([itsme, "demo"], stdout=subprocess.PIPE, text=True)
        output = ""
        for line in self.process.stdout:
            output += line
            if invitation := re.match(r"Open (http://\S+)/ ", line):
                self.shop = invitation[1]
                break
        else:
            raise SystemExit(f"the demo did not start:\n{output}")
        self.issuer = re.search(r"itsme +(http://\S+)", output)[1]
        # Somebody has to read its report, or it would wait.
        self.reader = subprocess.Popen(["cat"], stdin=self.process.stdout, stdout=subprocess.DEVNULL)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        self.reader.wait()


class Visit:
    """A person with a browser."""

    BUTTONS = {"login": "Log in with itsme", "share": "Share your data with itsme", "confirm": "Confirm with itsme"}

    def __init__(self, browser, demo):
        self.browser = browser
        self.demo = demo

    # At the shop

    def shop(self, path="/"):
        self.browser.open(self.demo.shop + path)

    def start(self, service="login", secret=False):
        """From the shop to itsme's first page."""
        self.shop()
        self.browser.click(self.BUTTONS[service], nth=1 if secret else 0)

    def log_in(self, secret=False):
        self.start("login", secret)
        self.answer()
        self.browser.see("Hello Lotte Voorbeeld")

    def try_fault(self, name):
        """From the list of faults to where the fault leads."""
        self.shop("/faults")
        for group in self.browser.all("summary"):
            group.click()
        self.browser.click("Try " + name)

    def start_kiosk(self):
        self.shop()
        self.browser.click("Use the kiosk")
        self.browser.see("Scan this with the itsme app")

    # At itsme

    def sandbox(self, path):
        self.browser.open(self.demo.issuer + path)

    def answer(self, behaviour="approve", person="belgian-eid"):
        """Answers at once, on itsme's first page."""
        self.choose(behaviour, person)
        self.browser.click(value="at-once")

    def send_to_phone(self, behaviour="approve", person="belgian-eid"):
        """From itsme's first page to the one that waits, with the phone beside it."""
        self.choose(behaviour, person)
        self.browser.click(value="person")

    def choose(self, behaviour, person):
        self.browser.choose(person)
        self.browser.choose(behaviour)

    def scan(self, behaviour="approve", person="belgian-eid"):
        """Scans the newest QR code, on the page of all phones."""
        self.sandbox("/sandbox/phone")
        for choice in [person, behaviour]:
            self.browser.driver.find_element("css selector", f'option[value="{choice}"]').click()
        self.browser.click("Scan")

    def press_on_phone(self, button="approve"):
        self.sandbox("/sandbox/phone")
        self.browser.click(value=button)
