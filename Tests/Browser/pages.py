"""Every page, and the way to it, in an order in which later pages show what happened before."""


def sign_in(service, locale="en"):
    """The first page of itsme, in a language."""
    return lambda visit: visit.shop(f"/key-pair/start/{service}?locale={locale}")


def waiting(service):
    """The page of itsme that waits, with the phone beside it."""
    def go(visit):
        visit.start(service)
        visit.send_to_phone()

    return go


def after(service):
    """The page of the shop with the result."""
    def go(visit):
        visit.start(service)
        visit.answer()
        visit.browser.see("Lotte Voorbeeld", "What itsme says")

    return go


def failure(behaviour):
    """The page of the library after no approval."""
    def go(visit):
        visit.start()
        visit.answer(behaviour)
        visit.browser.see("Reference:")

    return go


def kiosk_asks(visit):
    visit.scan()
    visit.shop("/kiosk")
    visit.browser.see("Look at your phone")


def kiosk_greets(visit):
    visit.press_on_phone()
    visit.shop("/kiosk")
    visit.browser.see("Hello Lotte Voorbeeld")


def shop_faults(visit):
    visit.shop("/faults")
    visit.browser.all("summary")[2].click()


def tried_fault(name, verdict):
    def go(visit):
        visit.try_fault(name)
        visit.answer()
        visit.browser.see(verdict)

    return go


def newest_session(visit):
    visit.shop()
    visit.browser.click("Everything that was sent")
    visit.browser.all("summary")[-1].click()


def at_sandbox(path):
    return lambda visit: visit.sandbox(path)


ALL = [
    ("shop", lambda visit: visit.shop()),
    ("shop-kiosk", lambda visit: visit.shop("/kiosk")),
    ("sign-in", sign_in("login")),
    ("sign-in-share", sign_in("share-data")),
    ("sign-in-dutch", sign_in("login", "nl")),
    ("sign-in-french", sign_in("login", "fr")),
    ("sign-in-german", sign_in("login", "de")),
    ("waiting", waiting("login")),
    ("waiting-share", waiting("share")),
    ("shop-login", after("login")),
    ("waiting-confirm", waiting("confirm")),
    ("shop-confirm", after("confirm")),
    ("shop-share", after("share")),
    ("shop-logged-in", lambda visit: visit.shop()),
    ("library-cancelled", failure("cancel")),
    ("library-timed-out", failure("time-out")),
    ("shop-kiosk-code", lambda visit: visit.start_kiosk()),
    ("phone-code", at_sandbox("/sandbox/phone")),
    ("shop-kiosk-asks", kiosk_asks),
    ("phone-asks", at_sandbox("/sandbox/phone")),
    ("shop-kiosk-greets", kiosk_greets),
    ("shop-faults", shop_faults),
    ("shop-fault-accepted", tried_fault("token-type-case-insensitivity", "Accepted, as it must be")),
    ("shop-fault-refused", tried_fault("invalid-iss", "Refused, as it must be")),
    ("session", newest_session),
    ("sessions", at_sandbox("/sandbox/sessions")),
    ("clients", at_sandbox("/sandbox/clients")),
    ("index", at_sandbox("/sandbox")),
    ("faults", at_sandbox("/sandbox/faults")),
    ("faults-found", at_sandbox("/sandbox/faults?q=nonce")),
    ("sandbox-refusal", at_sandbox("/authorization?client_id=nobody")),
]

# Pages whose pictures the documentation shows, with the names that they have there.
PICTURES = {
    "sign-in": "sandbox-sign-in", "waiting-confirm": "sandbox-phone", "session": "sandbox-session",
    "faults-found": "sandbox-faults", "shop-fault-refused": "demo-fault", "shop-kiosk-code": "demo-kiosk",
}
