# One word for each thing that one does with this repository; `make help` lists them.
#
# make demo ONCE=1            ends after the walk instead of serving on for a browser
# make test WYCHEPROOF_DIR=…  also runs the Wycheproof vectors of that folder; so does make security-report
# make test ITSMERP_MUTATIONS=1000000  tries that many alterations of valid tokens instead of 20,000; security-report does

SHELL := /bin/bash
.DEFAULT_GOAL := help
# Every word builds; two builds at a time would wait for each other.
.NOTPARALLEL:
.PHONY: help deps demo test test-nginx test-matrix sanitize timing bench bench-peers security-report interop fuzz lint format \
  clean

help: ## Say what the words are
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

deps: ## Check for the system libraries; install what is missing where that needs no password
	@Scripts/deps

demo: deps ## Watch Login, Share data and Confirm against a local itsme
	swift run --package-path Tools --scratch-path .build itsme demo $(if $(ONCE),--once)

# The tests with an HSM load an engine into OpenSSL, so they have a process of their own.
# The tests are XCTest; without the switch an empty run of the other framework would have the last word.
# Library and tools are built in one folder, so that the server they share is compiled once.
# What they print is kept for the last line, which says whether each security rule has tests that passed.
test: deps ## Run all tests
	@mkdir -p .build && : >.build/test.log
	set -o pipefail; swift test --traits Hummingbird --disable-swift-testing 2>&1 | tee -a .build/test.log
	set -o pipefail; ITSMERP_HSM=1 swift test --traits Hummingbird --disable-swift-testing --skip-build \
	  --filter HardwareKeyTests 2>&1 | tee -a .build/test.log
	set -o pipefail; swift test --package-path Tools --scratch-path .build --disable-swift-testing 2>&1 | tee -a .build/test.log
	@Scripts/security-report --log .build/test.log --brief

test-nginx: ## Send many requests that cannot be repeated through a real nginx, which it installs
	@Scripts/deps nginx
	ITSMERP_NGINX=1 swift test --disable-swift-testing --filter NginxTests

# Time zone, days on which the clocks change, vector instructions, each class alone: `make test-matrix MATRIX=zone` for one.
test-matrix: deps ## Run the tests in another time zone, on other days, as other processors, and in another order (30 minutes)
	@Scripts/test-matrix $(MATRIX)

# Without the trait: the server behind it is others' code, and ten minutes more to compile. The leak tests cannot measure
# under a sanitizer, whose allocator is another, so they run here as in `make test`, with ten times as many costly runs.
sanitize: deps ## Run the tests under Address-, Leak- and ThreadSanitizer, and the leak tests at full length (40 minutes)
	@Scripts/sanitize
	ITSMERP_LEAKS=1 swift test --disable-swift-testing --filter LeakTests

timing: deps ## Show how the times of failed decryptions compare
	swift test --traits Hummingbird --disable-swift-testing --filter DecryptionTimingTests

# A package of its own with releases of other libraries; ITSMERP_BENCH_QUICK=1 for a short look. The report goes to
# Benchmarks/REPORT.md. Built with testability, so that the validation of a token can be measured by itself.
# The touch has SwiftPM look for new files of the library; without it, these builds failed after one had been added.
BENCH_BUILD := touch Benchmarks/Package.swift && swift build -c release -Xswiftc -enable-testing --package-path Benchmarks --scratch-path .build-bench

bench: deps ## Measure against bare OpenSSL and libcurl: one line per figure; needs an idle machine
	$(BENCH_BUILD) --product HTTPPeer
	$(BENCH_BUILD) --product Bench
	ITSMERP_BENCH_REPORT=Benchmarks/REPORT.md .build-bench/release/Bench $(if $(ITSMERP_BENCH_QUICK),--quick) $(BENCH)
	$(if $(BENCH),,Benchmarks/consumer)

bench-peers: deps ## Measure against other implementations of JOSE, which it installs
	$(BENCH_BUILD) --product JWTKitPeer
	$(BENCH_BUILD) --product OwnPeer
	$(BENCH_BUILD) --product Bench
	Benchmarks/peers/run

# The table is all that goes to the standard output; run `make --silent security-report >report.md` to keep it.
security-report: ## Run all tests and print each security rule with the tests that hold it; needs an idle machine
	@Scripts/security-report

interop: deps ## Exchange tokens and keys with two other implementations of JOSE, which pip installs
	Tests/interop/run

# SECONDS is for each target; TARGET=name runs one only.
fuzz: deps ## Fuzz every reader of untrusted input; SECONDS=60 each, TARGET=name for one
	@Scripts/fuzz --seconds $(or $(SECONDS),60) $(TARGET)

lint: deps ## Check format, warnings, documentation, source rules, and what a user of the library gets
	@Scripts/lint/format
	@Scripts/lint/source-rules
	@Scripts/lint/protocol-table
	@Scripts/lint/warnings
	@Scripts/lint/documentation
	@Scripts/lint/consumer
	@Scripts/lint/readme
	@Scripts/lint/compile-fail

format: ## Rewrite the sources as swift-format wants them
	git ls-files --cached --others --exclude-standard -- '*.swift' | xargs swift format --in-place --parallel

clean: ## Remove everything that was built
	rm -rf .build .build-* Tools/.build
