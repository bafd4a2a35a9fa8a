# The commands of this repository; `make help` lists them.
#
# make demo ONCE=1            exits after the run instead of staying up for a browser
# make test WYCHEPROOF_DIR=…  also runs the Wycheproof vectors of this folder; so does make security-report
# make test ITSMERP_MUTATIONS=1000000  alters valid tokens this many times instead of 20,000, as security-report does

SHELL := /bin/bash
.DEFAULT_GOAL := help
# Always the same traits, so that commands after each other compile nothing twice. Without the variable, SwiftPM passes them in
# another order each time, and compiles again.
TRAITS := --enable-all-traits
export SWIFT_DETERMINISTIC_HASHING := 1
# Most targets build, and two builds at the same time would wait for each other.
.NOTPARALLEL:
.PHONY: help deps demo example test test-nginx test-cluster soak test-browser test-start test-matrix sanitize timing bench bench-logins bench-peers security-report \
  interop dist test-dist fuzz lint format docs tables clean

help: ## List the commands
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

deps: ## Check for the system libraries; install missing ones if that needs no password
	@Scripts/deps

example: deps ## Run Examples/Service with a local itsme, for your browser
	Examples/Service/run

demo: deps ## Try Login, Share data, Confirm, a kiosk and every fault against a local itsme, in your browser
	swift run $(TRAITS) itsme demo $(if $(ONCE),--once)

# The tests with an HSM load an engine into OpenSSL, so they run in a separate process.
# All tests are XCTest. Without --disable-swift-testing, the output would end with an empty run of Swift Testing.
# The log is kept for Scripts/security-report, which checks that each security rule has tests that passed.
# This example resolves the same packages as the library with all traits, so it shares the build folder.
SERVICE := swift test $(TRAITS) --package-path Examples/Service --scratch-path .build --disable-swift-testing
# This one does not resolve Hummingbird, and SwiftPM would remove it from a shared folder.
FLYINGFOX := swift test --package-path Examples/FlyingFoxService --scratch-path .build-flyingfox --disable-swift-testing

test: deps ## Run all tests
	@Scripts/deps stores || echo "make test: without these servers the tests of stores are skipped" >&2
	@mkdir -p .build && : >.build/test.log
	set -o pipefail; swift test $(TRAITS) --disable-swift-testing 2>&1 | tee -a .build/test.log
	set -o pipefail; ITSMERP_HSM=1 swift test $(TRAITS) --disable-swift-testing --skip-build \
	  --filter HardwareKeyTests 2>&1 | tee -a .build/test.log
	set -o pipefail; $(SERVICE) 2>&1 | tee -a .build/test.log
	set -o pipefail; $(FLYINGFOX) 2>&1 | tee -a .build/test.log
	@Scripts/security-report .build/test.log --brief

test-nginx: ## Send many requests that must not be repeated through a real nginx, which it installs
	@Scripts/deps nginx
	ITSMERP_NGINX=1 swift test --disable-swift-testing --filter NginxTests

# SHORT=1 takes a minute for each store; the whole run takes three. STORE=redis or STORE=postgres runs only one.
test-cluster: deps ## Log 2,000 people in at three instances while instances, stores, keys and the proxy are disturbed
	@Tests/cluster/run test.py $(if $(SHORT),--short) $(STORE)

soak: deps ## Log in for MINUTES=60 with faults, and check that memory, descriptors and threads do not grow
	@Tests/cluster/run soak.py $(or $(MINUTES),60)

# Not part of `make test`: it needs Chromium. `make test-browser NAMES="login sign-in"` runs some journeys and pages only.
test-browser: deps ## Drive Chromium through the demo, check every page, keep pictures in .build/browser
	Tests/Browser/run $(NAMES)

# Not part of `make test`: the first time it compiles Hummingbird once more. It needs the ports 8080 and 8082.
test-start: deps ## Follow the article of the first login, from an empty folder (10 minutes the first time)
	@Scripts/test-start

# `make test-matrix MATRIX=zone` runs one part: zone, summer, winter, vectors or alone.
test-matrix: deps ## Run the tests in another time zone, on other days, without vector instructions, each class alone (30 minutes)
	@Scripts/test-matrix $(MATRIX)

# Without traits: Hummingbird is not our code, and takes ten minutes to compile. The leak tests cannot measure with the
# allocator of a sanitizer, so they run without one, with ten times as many runs as in `make test`.
sanitize: deps ## Run the tests under Address-, Leak- and ThreadSanitizer, and the leak tests at full length (20 minutes)
	@Scripts/sanitize
	ITSMERP_LEAKS=1 swift test --disable-swift-testing --filter LeakTests

timing: deps ## Compare the times of failed decryptions
	swift test $(TRAITS) --disable-swift-testing --filter DecryptionTimingTests

# A separate package, because it depends on other libraries. ITSMERP_BENCH_QUICK=1 makes a short run. The report goes to
# Benchmarks/REPORT.md. Built with testability, so that the validation of a token can be measured alone.
# The touch makes SwiftPM look for new files of the library; without it, these builds can fail after a file is added.
BENCH_BUILD := touch Benchmarks/Package.swift && swift build -c release -Xswiftc -enable-testing --package-path Benchmarks --scratch-path .build-bench

bench: deps ## Compare with bare OpenSSL and libcurl, one line per figure; needs an idle machine
	$(BENCH_BUILD) --product HTTPPeer
	$(BENCH_BUILD) --product Bench
	ITSMERP_BENCH_REPORT=Benchmarks/REPORT.md .build-bench/release/Bench $(if $(ITSMERP_BENCH_QUICK),--quick) $(BENCH)
	$(if $(BENCH),,Benchmarks/consumer)

# ROUNDS=1 makes a short run that keeps no report. It needs two processors.
bench-logins: deps ## Measure whole logins beside Apache with mod_auth_openidc and Python, which it installs (20 minutes)
	@Scripts/deps logins
	Benchmarks/logins/run

bench-peers: deps ## Compare with other implementations of JOSE, which it installs
	$(BENCH_BUILD) --product JWTKitPeer
	$(BENCH_BUILD) --product OwnPeer
	$(BENCH_BUILD) --product Bench
	Benchmarks/peers/run

# Standard output has only the table: `make --silent security-report >report.md` keeps it. A skipped test counts as not passed.
security-report: ## Run all tests, then print each security rule with its tests; needs an idle machine
	@ITSMERP_MUTATIONS=$(or $(ITSMERP_MUTATIONS),1000000) $(MAKE) test >&2; tested=$$?; \
	  Scripts/security-report .build/test.log && exit $$tested

interop: deps ## Exchange tokens and keys with two other implementations of JOSE, which pip installs
	Tests/interop/run

# Optimized, so it takes ten minutes the first time. It downloads the sources of libcurl and libqrencode from Debian.
dist: deps ## Make a release of the command itsme for people without Swift, in .build-dist/release
	@Scripts/dist/release

test-dist: ## Log in against the release with a client in Python, and check the release
	@Tests/python/run

# SECONDS is the time of each target; TARGET=name runs only one.
fuzz: deps ## Fuzz every reader of untrusted input; SECONDS=60 each, TARGET=name for one
	@Scripts/fuzz $(or $(SECONDS),60) $(TARGET)

lint: deps ## Check format, warnings, documentation, source rules, the articles, and a package that uses the library
	@Scripts/lint/format
	@Scripts/lint/source-rules
	@Scripts/lint/protocol-table
	@Scripts/lint/warnings
	@Scripts/lint/articles
	@ITSMERP_WARNINGS=error Scripts/docs
	@Scripts/lint/documentation
	@Scripts/lint/consumer
	@Scripts/lint/compile-fail

docs: deps ## Build the documentation as a web site; a warning stops it
	@Scripts/docs

format: ## Format the sources with swift-format
	git ls-files --cached --others --exclude-standard -- '*.swift' | xargs swift format --in-place --parallel

tables: ## Write the tables of settings, errors and claims into the articles, and the example into itsme new
	ITSMERP_WRITE_TABLE=1 swift test $(TRAITS) --disable-swift-testing --filter 'SettingTableTests|ErrorPageTests|ClaimTableTests|testHasTheFilesOfTheExample'

clean: ## Remove all build output
	rm -rf .build .build-*
