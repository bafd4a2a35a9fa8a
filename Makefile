# One word for each thing that one does with this repository; `make help` lists them.
#
# make demo ONCE=1            ends after the walk instead of serving on for a browser
# make test WYCHEPROOF_DIR=…  also runs the Wycheproof vectors of that folder; so does make security-report
# make test ITSMERP_MUTATIONS=1000000  tries that many alterations of valid tokens instead of 20,000

SHELL := /bin/bash
.DEFAULT_GOAL := help
# Every word builds; two builds at a time would wait for each other.
.NOTPARALLEL:
.PHONY: help deps demo test timing bench bench-peers security-report interop lint format clean

help: ## Say what the words are
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

deps: ## Check for the system libraries; install what is missing where that needs no password
	@Scripts/deps

demo: deps ## Watch Login, Share data and Confirm against a local itsme
	swift run --package-path Tools --scratch-path .build itsme demo $(if $(ONCE),--once)

# The tests with an HSM load an engine into OpenSSL, so they have a process of their own.
# The tests are XCTest; without the switch an empty run of the other framework would have the last word.
# Library and tools are built in one folder, so that the server they share is compiled once.
test: deps ## Run all tests
	swift test --traits Hummingbird --disable-swift-testing
	ITSMERP_HSM=1 swift test --traits Hummingbird --disable-swift-testing --skip-build --filter HardwareKeyTests
	swift test --package-path Tools --scratch-path .build --disable-swift-testing

timing: deps ## Compare how long failures of decryption take; needs an idle machine
	ITSMERP_TIMING=1 swift test --traits Hummingbird --disable-swift-testing --filter DecryptionTimingTests

# A package of its own with releases of other libraries; ITSMERP_BENCH_QUICK=1 for a short look. The report goes to
# Benchmarks/REPORT.md. Built with testability, so that the validation of a token can be measured by itself.
BENCH_BUILD := swift build -c release -Xswiftc -enable-testing --package-path Benchmarks --scratch-path .build-bench

bench: deps ## Measure against bare OpenSSL and libcurl: one line per figure; needs an idle machine
	$(BENCH_BUILD) --product HTTPPeer
	$(BENCH_BUILD) --product Bench
	ITSMERP_BENCH_REPORT=Benchmarks/REPORT.md .build-bench/release/Bench $(if $(ITSMERP_BENCH_QUICK),--quick) $(BENCH)
	$(if $(BENCH),,Benchmarks/consumer)

bench-peers: deps ## Measure against other implementations of JOSE, which it installs
	$(BENCH_BUILD) --product Bench
	Benchmarks/peers/run

# The table is all that goes to the standard output; run `make --silent security-report >report.md` to keep it.
security-report: ## Run all tests and print each security rule with the tests that hold it; needs an idle machine
	@Scripts/security-report

interop: deps ## Exchange tokens and keys with two other implementations of JOSE, which pip installs
	Tests/interop/run

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
