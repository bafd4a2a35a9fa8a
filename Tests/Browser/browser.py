"""A headless Chromium, and the checks of the page on which it stands."""
import base64
import pathlib
from contextlib import contextmanager
from importlib import resources

from selenium import webdriver
from selenium.common.exceptions import TimeoutException, WebDriverException
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

AXE = resources.files("axe_core_python").joinpath("axe.min.js").read_text()
# WCAG 2.2 level AA, and what axe knows to be good practice.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WIDTHS = [390, 1280]
SECONDS = 20


class Browser:
    """Use it in a `with` statement. Without scripts it behaves as for a person who turned them off."""

    def __init__(self, scripts=True):
        options = webdriver.ChromeOptions()
        for argument in ["--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--lang=en", "--hide-scrollbars"]:
            options.add_argument(argument)
        options.add_experimental_option("prefs", {
            "intl.accept_languages": "en",
            "profile.default_content_setting_values.javascript": 1 if scripts else 2,
        })
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        self.driver = webdriver.Chrome(options, webdriver.ChromeService("/usr/bin/chromedriver"))
        self.scripts = scripts
        self.look(WIDTHS[-1], dark=False)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.driver.quit()

    def look(self, width, dark):
        """Makes the window `width` CSS pixels wide, and the pages light or dark."""
        self.command("Emulation.setDeviceMetricsOverride", width=width, height=800, deviceScaleFactor=1, mobile=False)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.command("Emulation.setEmulatedMedia", features=[scheme])

    def command(self, name, **parameters):
        return self.driver.execute_cdp_cmd(name, parameters)

    def forget(self):
        """Forgets the cookies and the console's messages of the journey before."""
        self.command("Network.clearBrowserCookies")
        self.driver.get("about:blank")
        self.driver.get_log("browser")

    # What a person does

    def open(self, url):
        self.driver.get(url)

    @property
    def heading(self):
        headings = self.driver.find_elements(By.TAG_NAME, "h1")
        return f"the page '{headings[0].text}'" if headings else f"the page {self.driver.title!r}"

    @property
    def text(self):
        return self.driver.find_element(By.TAG_NAME, "body").text

    def wait(self, condition, what):
        """Waits until `condition` gives something, and returns it. The page may change at any time."""
        try:
            return WebDriverWait(self.driver, SECONDS, 0.1, [WebDriverException, IndexError]).until(lambda _: condition())
        except TimeoutException:
            raise AssertionError(f"no {what} on {self.heading}") from None

    def see(self, *texts):
        """Waits until the page has all these texts."""
        for text in texts:
            self.wait(lambda: text in self.text, f"text '{text}'")

    def has(self, text):
        return text in self.text

    def find(self, text=None, value=None, nth=0):
        """The link, button or summary with this text or label, or the button with this value."""
        path = f'//button[@value="{value}"]' if value else (
            '//*[self::a or self::button or self::summary]'
            f'[contains(normalize-space(.), "{text}") or @aria-label="{text}"]')
        return self.driver.find_elements(By.XPATH, path)[nth]

    def click(self, text=None, value=None, nth=0):
        """Clicks the link or button, and waits until its page is gone."""
        def click():
            control = self.find(text, value, nth)
            control.click()
            return control

        clicked = self.wait(click, f"link or button '{text or value}'")
        self.wait(lambda: self.is_gone(clicked), f"other page after '{text or value}'")

    def choose(self, value):
        """Chooses a radio button, by its label."""
        self.wait(
            lambda: self.driver.find_element(By.XPATH, f'//label[input[@value="{value}"]]').click() or True,
            f"choice '{value}'")

    def all(self, tag):
        return self.driver.find_elements(By.TAG_NAME, tag)

    @contextmanager
    def other_tab(self):
        """A tab of the same browser, to use in a `with` statement; afterwards it is closed."""
        first = self.driver.current_window_handle
        self.driver.switch_to.new_window("tab")
        try:
            yield
        finally:
            self.driver.close()
            self.driver.switch_to.window(first)

    @staticmethod
    def is_gone(element):
        try:
            element.is_enabled()
            return False
        except WebDriverException:  # Chromium has several errors for this.
            return True

    def press(self, text=None, value=None, key=Keys.ENTER):
        """Goes to the link or button with Tab, and presses a key there."""
        name = text or value
        target = self.wait(lambda: self.find(text, value), f"link or button '{name}'")
        for _ in range(300):
            self.driver.switch_to.active_element.send_keys(Keys.TAB)
            focused = self.driver.switch_to.active_element
            if focused == target:
                shows = [focused.value_of_css_property(style) for style in ["outline-style", "box-shadow"]]
                assert shows != ["none", "none"], f"the focus on '{name}' does not show"
                focused.send_keys(key)
                return
        raise AssertionError(f"'{name}' cannot be reached with Tab on {self.heading}")

    # Checks

    def problems_of_page(self, folder: pathlib.Path, name):
        """Looks at the page narrow and wide, light and dark: keeps a picture of each, and gives the problems."""
        found = []
        for dark in [False, True]:
            for width in WIDTHS:
                self.look(width, dark)
                variant = f"{name}-{width}-{'dark' if dark else 'light'}"
                (folder / f"{variant}.png").write_bytes(self.picture())
                found += [f"{variant}: {problem}" for problem in self.accessibility()]
        for width in [320] + WIDTHS:
            self.look(width, dark=False)
            wide = self.driver.execute_script(
                "const e = document.scrollingElement; return e.scrollWidth - e.clientWidth")
            if wide > 0:
                found.append(f"{name}: scrolls {wide} pixels sideways at a width of {width}")
        return found + [f"{name}: {message}" for message in self.console()]

    def picture(self):
        size = self.command("Page.getLayoutMetrics")["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": size["width"], "height": min(size["height"], 8000), "scale": 1}
        shot = self.command("Page.captureScreenshot", captureBeyondViewport=True, clip=clip)
        return base64.b64decode(shot["data"])

    def accessibility(self):
        """What axe finds. A page that loads again in the middle is looked at once more."""
        script = "const [rules, done] = arguments; axe.run(document, {runOnly: rules}).then(done, e => done(String(e)))"
        for attempt in [1, 2, 3]:
            try:
                self.driver.execute_script(AXE)
                result = self.driver.execute_async_script(script, RULES)
                break
            except WebDriverException:
                if attempt == 3:
                    raise
        for violation in result["violations"]:
            for node in violation["nodes"]:
                summary = " ".join(node["failureSummary"].split())
                yield f"{violation['id']} at {' '.join(map(str, node['target']))}: {summary}"

    def console(self):
        """Errors of the console: scripts, policies, files that are missing. A page of an error has its own status."""
        for entry in self.driver.get_log("browser"):
            is_status = entry["source"] == "network" and "status of 4" in entry["message"]
            if entry["level"] == "SEVERE" and not is_status:
                yield f"console: {entry['message']}"
