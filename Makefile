# Menara: the commands for people and for CI. `make run` and `make test` are all one needs.

SHELL := /bin/bash
.DEFAULT_GOAL := help

CARGO ?= cargo
NPM ?= npm
HOST = $(shell rustc -vV | sed -n 's/^host: //p')
# Arguments of `menara serve` in `make run`, for example ARGS="--listen 127.0.0.1:7071".
ARGS ?=
# Test cases that nobody here wrote; `make conformance CASES=dir SUITE=name`.
SHARED ?= $(abspath $(CURDIR)/../shared)

.PHONY: help run build web gallery test lint conformance bench bench-idle fuzz check-tools

help:
	@echo "make run          build everything and start Menara on this machine's data (ARGS=… for options)"
	@echo "make test         get what the tests need, and run all of them"
	@echo "make build        user interface, then target/release/menara"
	@echo "make web          user interface only, into web/dist"
	@echo "make gallery      pictures of every page, of a made-up host, into docs/pictures (needs Chromium)"
	@echo "make lint         formatting, clippy, the house rules of tools/tidy"
	@echo "make conformance  cases of other projects (SUITE=name, CASES=dir, V=1 lists failures)"
	@echo "make bench        what the engines cost: per sample and series, per gigabyte of lines and search"
	@echo "make bench-idle   what a whole Menara takes beside five idle containers (root, Docker)"
	@echo "make fuzz         the long fuzz runs"

run: build
	exec target/release/menara serve $(ARGS)

# The program is static, so that it runs on any Linux of this architecture; it is put where a plain build would put it.
build: web
	RUSTFLAGS="-C target-feature=+crt-static" $(CARGO) build --release --locked --target $(HOST) --package menara
	install -D -m 755 target/$(HOST)/release/menara target/release/menara

check-tools:
	@scripts/check-tools.sh

web: check-tools
	@scripts/build-web.sh

# To be looked at beside those of before, and committed when the pages have changed.
gallery: web
	cd web && node e2e/screenshots.mjs ../docs/pictures

test: check-tools
	@scripts/test.sh

lint: check-tools
	$(CARGO) fmt --all --check
	$(CARGO) clippy --locked --workspace --all-targets -- -D warnings
	$(CARGO) run --locked --quiet --package tidy

conformance: check-tools
	$(CARGO) run --locked --quiet --package conformance -- $(if $(SUITE),--suite $(SUITE)) $(if $(CASES),--cases $(CASES)) $(if $(V),-v)

# Figures for docs/measurements.md; nothing is judged by them.
bench: check-tools
	$(CARGO) run --locked --release --quiet --package bench -- engine
	$(CARGO) run --locked --release --quiet --package bench -- logs

# What a whole Menara takes beside five containers; needs root and Docker, and about three minutes.
bench-idle: build
	$(CARGO) run --locked --release --quiet --package bench -- idle target/release/menara

fuzz: check-tools
	FUZZ_ITERATIONS=10000000 $(CARGO) test --locked --release --package promql-syntax --test fuzz -- --nocapture
	FUZZ_ITERATIONS=200000 $(CARGO) test --locked --release --package tsdb --test fuzz -- --nocapture
	FUZZ_ITERATIONS=100000 $(CARGO) test --locked --release --package logstore --test fuzz -- --nocapture
	FUZZ_ITERATIONS=1000000 $(CARGO) test --locked --release --package logql-syntax --test fuzz -- --nocapture
	FUZZ_ITERATIONS=300000 $(CARGO) test --locked --release --package api --lib -- loki::push::tests --nocapture
	FUZZ_ITERATIONS=300000 $(CARGO) test --locked --release --package shipper --lib -- join::fuzz --nocapture
	FUZZ_ITERATIONS=1000000 $(CARGO) test --locked --release --package notify --lib -- html::fuzz --nocapture
