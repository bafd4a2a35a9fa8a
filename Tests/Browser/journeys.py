"""What people do, from the first click to the result. Each function is one journey; it raises where it fails."""
from selenium.webdriver.common.keys import Keys


def login(visit):
    for secret in [False, True]:
        visit.start("login", secret)
        visit.send_to_phone()
        visit.browser.see("Lotte Voorbeeld")
        visit.browser.click(value="approve")
        visit.browser.see("Hello Lotte Voorbeeld", "23 July 1985", "lotte@example.org", "What just happened")
        visit.shop()
        visit.browser.see("Lotte Voorbeeld is logged in")


def login_by_number(visit):
    visit.start()
    visit.browser.click(value="number")
    visit.browser.click(value="approve")
    visit.browser.see("Hello Lotte Voorbeeld")


def login_by_qr_code(visit):
    visit.start()
    with visit.browser.other_tab():
        visit.scan()
        visit.browser.click(value="approve")
    if not visit.browser.scripts:
        visit.browser.click("Scanned already? Go on")
    visit.browser.see("Hello Lotte Voorbeeld")


def login_at_once(visit):
    visit.log_in()


def share_data(visit):
    for secret in [False, True]:
        visit.start("share", secret)
        visit.answer()
        visit.browser.see("Lotte Voorbeeld shared these data", "85.07.23-346", "Belgium", "Voorbeeldstraat 1")


def confirm(visit):
    for secret in [False, True]:
        visit.log_in(secret)
        visit.start("confirm", secret)
        visit.send_to_phone()
        visit.browser.see("25", "BE68 5390 0754 7034")
        visit.browser.click(value="approve")
        visit.browser.see("Lotte Voorbeeld confirmed the payment", "the itsme code")


def confirm_asks_to_log_in_first(visit):
    visit.start("confirm")
    visit.answer()
    visit.answer()
    visit.browser.see("Lotte Voorbeeld confirmed the payment")


def logout(visit):
    visit.log_in()
    visit.browser.click("Log out")
    visit.browser.see("Try itsme on this machine")
    assert not visit.browser.has("Lotte Voorbeeld is logged in"), "still logged in"


def kiosk(visit):
    visit.start_kiosk()
    with visit.browser.other_tab():
        visit.scan()
    # The kiosk finds out by itself.
    visit.browser.see("Look at your phone")
    with visit.browser.other_tab():
        visit.press_on_phone()
    visit.browser.see("Hello Lotte Voorbeeld", "at the kiosk")


def cancel(visit):
    visit.start()
    visit.answer("cancel")
    visit.browser.see("The login was cancelled", "Reference:")
    visit.browser.click("Try again with itsme")
    visit.send_to_phone()
    visit.browser.click(value="cancel")
    visit.browser.see("The login was cancelled")
    visit.browser.click("Try again with itsme")
    visit.answer()
    visit.browser.see("Hello Lotte Voorbeeld")


def timeout(visit):
    visit.start()
    visit.send_to_phone()
    visit.browser.click(value="time-out")
    visit.browser.see("Reference:")
    visit.browser.click("with itsme")
    visit.answer()
    visit.browser.see("Hello Lotte Voorbeeld")


def back_button(visit):
    visit.log_in()
    for _ in range(2):
        visit.browser.driver.back()
    visit.browser.see("Try itsme on this machine")
    visit.browser.driver.forward()
    visit.browser.driver.forward()
    visit.browser.see("Hello Lotte Voorbeeld")
    # Who answers once more comes with a callback that was used, and stays logged in.
    visit.browser.driver.back()
    visit.answer()
    visit.browser.see("Hello Lotte Voorbeeld")


def two_tabs(visit):
    visit.start("login")
    with visit.browser.other_tab():
        visit.start("share")
        visit.answer()
        visit.browser.see("shared these data")
    visit.answer()
    visit.browser.see("Hello Lotte Voorbeeld")


def faults(visit):
    for name, code in [
        ("invalid-iss", "issuer_mismatch"),
        ("invalid-sig-rs256", "signature_invalid"),
        ("userinfo-invalid-sub", "subject_mismatch"),
        ("callback-duplicate-state", "duplicate_parameter"),
    ]:
        visit.try_fault(name)
        visit.answer()
        visit.browser.see("Refused, as it must be", name, code, "login failed")
    visit.try_fault("discovery-http-500")
    visit.browser.see("Refused")
    visit.try_fault("token-type-case-insensitivity")
    visit.answer()
    visit.browser.see("Accepted, as it must be")


def keyboard_only(visit):
    browser = visit.browser
    visit.shop()
    browser.press("Log in with itsme")
    browser.press(value="person")
    browser.press(value="approve", key=Keys.SPACE)
    browser.see("Hello Lotte Voorbeeld")
    browser.press("Log out", key=Keys.SPACE)
    browser.see("Try itsme on this machine")


ALL = [
    login, login_by_number, login_by_qr_code, login_at_once, share_data, confirm, confirm_asks_to_log_in_first, logout,
    kiosk, cancel, timeout, back_button, two_tabs, faults, keyboard_only,
]
