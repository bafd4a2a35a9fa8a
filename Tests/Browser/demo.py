"""The process `itsme demo`, and what people do at the shop, at itsme and with their phones."""
import re
import subprocess


class Demo:
    """Starts the demo, on ports that the system picks. Use it in a `with` statement."""

    def __init__(self, itsme):
        self.process = subprocess.Popen([itsme, "demo"], stdout=subprocess.PIPE, text=True)
        self.output = []
        for line in self.process.stdout:
            self.output.append(line)
            if invitation := re.match(r"Open (http://\S+)/ ", line):
                self.shop = invitation[1]
                break
        else:
            raise SystemExit("the demo did not start:\n" + "".join(self.output))
        issuer = re.search(r"itsme +(http://\S+)", "".join(self.output))
        self.itsme = issuer[1]
        # The demo must not wait because nobody reads its report.
        self.reader = subprocess.Popen(["cat"], stdin=self.process.stdout, stdout=subprocess.DEVNULL)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        self.reader.wait()


class Visit:
    """A person at the shop."""

    BUTTONS = {"login": "Log in with itsme", "share": "Share your data with itsme", "confirm": "Confirm with itsme"}

    def __init__(self, browser, demo):
        self.browser = browser
        self.demo = demo

    def shop(self, path="/"):
        self.browser.open(self.demo.shop + path)

    def itsme(self, path):
        self.browser.open(self.demo.itsme + path)

    def start(self, service="login", secret=False):
        """From the shop to itsme's first page."""
        self.shop()
        self.browser.click(self.BUTTONS[service], nth=1 if secret else 0)

    def answer(self, choice="belgian-eid"):
        """From itsme's first page to where itsme sends the person."""
        self.browser.click(choice)

    def log_in(self, secret=False):
        self.start("login", secret)
        self.answer()
        self.browser.see("Hello Lotte Voorbeeld")

    def try_fault(self, name):
        """From the list of faults to where the fault leads."""
        self.shop("/faults")
        for summary in self.browser.driver.find_elements("tag name", "summary"):
            summary.click()
        self.browser.click("Try " + name)

    def start_kiosk(self):
        self.shop("/kiosk")
        self.browser.driver.find_element("tag name", "main").find_element("tag name", "form").submit()
        self.browser.see("Scan this with the itsme app")

    def scan(self):
        self.itsme("/sandbox/phone")
        self.browser.click("belgian-eid")

    def approve_on_phone(self):
        self.itsme("/sandbox/phone")
        self.browser.click("approve")
