"""Every page, and the way to it."""


def failure(choice):
    def go(visit):
        visit.start()
        visit.answer(choice)
        visit.browser.see("Reference:")

    return go


def after(service):
    def go(visit):
        visit.start(service)
        visit.answer()
        visit.browser.see("Lotte Voorbeeld")

    return go


def refused_fault(visit):
    visit.try_fault("invalid-iss")
    visit.answer()
    visit.browser.see("Refused, as it must be")


def accepted_fault(visit):
    visit.try_fault("token-type-case-insensitivity")
    visit.answer()
    visit.browser.see("Accepted, as it must be")


def kiosk_asks(visit):
    visit.scan()
    visit.shop("/kiosk")
    visit.browser.see("Look at your phone")


def kiosk_greets(visit):
    visit.approve_on_phone()
    visit.shop("/kiosk")
    visit.browser.see("Hello Lotte Voorbeeld")


def open_faults(visit):
    visit.shop("/faults")
    visit.browser.driver.find_elements("tag name", "summary")[2].click()


# In this order, with one browser, so later pages show what happened before.
ALL = [
    ("shop", lambda visit: visit.shop()),
    ("shop-kiosk", lambda visit: visit.shop("/kiosk")),
    ("sign-in", lambda visit: visit.start("login")),
    ("sign-in-share", lambda visit: visit.start("share")),
    ("shop-login", after("login")),
    ("sign-in-confirm", lambda visit: visit.start("confirm")),
    ("shop-share", after("share")),
    ("shop-confirm", after("confirm")),
    ("shop-logged-in", lambda visit: visit.shop()),
    ("library-cancelled", failure("cancel")),
    ("library-timed-out", failure("times-out")),
    ("phone-empty", lambda visit: visit.itsme("/sandbox/phone")),
    ("shop-kiosk-code", lambda visit: visit.start_kiosk()),
    ("phone-code", lambda visit: visit.itsme("/sandbox/phone")),
    ("shop-kiosk-asks", kiosk_asks),
    ("phone-asks", lambda visit: visit.itsme("/sandbox/phone")),
    ("shop-kiosk-greets", kiosk_greets),
    ("shop-faults", open_faults),
    ("shop-fault-refused", refused_fault),
    ("shop-fault-accepted", accepted_fault),
    ("sandbox-refusal", lambda visit: visit.itsme("/authorization?client_id=nobody")),
]
