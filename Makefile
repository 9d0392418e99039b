# Skiff: `make demo` shows it, `make test` checks it, `make help` lists the rest.
SHELL := /bin/bash
.DEFAULT_GOAL := help

SWIFT ?= swift
PREFIX ?= /usr/local
DESTDIR ?=
# What to run of the integration suite: make test-integration TESTS=integration/test_cli.py
TESTS ?= integration
PYTEST_FLAGS ?=
SOAK_FLAGS ?=

BIN := .build/release
PROGRAMS := skiff skiffd skiff-supervisor skiff-ctr skiff-shim skiff-runtime skiff-init
SCRIPTS := scripts/deps scripts/demo scripts/check-rules scripts/test scripts/vm-init scripts/validation scripts/api-docs .ci/run

.PHONY: help deps build install demo test test-unit test-integration test-vm bench docs soak fmt check protos clean

help: ## List the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 20

deps: ## Install what building and testing need (Debian packages, Python modules)
	@scripts/deps all

build: ## Build all programs into .build/release
	$(SWIFT) build -c release

install: build ## Install the programs under $(DESTDIR)$(PREFIX)/bin
	install -d $(DESTDIR)$(PREFIX)/bin
	install -m 0755 $(addprefix $(BIN)/,$(PROGRAMS)) $(DESTDIR)$(PREFIX)/bin
	ln -sf skiff-shim $(DESTDIR)$(PREFIX)/bin/containerd-shim-skiff-v1

demo: ## Install, build, and run first containers (stop it: scripts/demo --stop)
	@scripts/deps demo
	@$(MAKE) --no-print-directory build
	@scripts/demo

test: check ## Check, build, unit and integration tests
	@scripts/deps all
	@scripts/test all

test-unit: ## Unit tests alone (FILTER=regex picks some)
	@scripts/test unit

test-integration: build ## Integration tests alone (TESTS=integration/test_cli.py picks a file)
	@scripts/test integration $(TESTS) $(PYTEST_FLAGS)

test-vm: build ## The runtime's tests under cgroup v2 and AppArmor, in an emulated machine (TESTS= picks files)
	@scripts/deps vm
	@scripts/test vm $(filter-out integration,$(TESTS)) $(PYTEST_FLAGS)

# The programs are copied, as they are when installed: a file that the linker has just written through a mapping lies in the
# page cache page by page, which costs a start of the runtime a fifth more until the cache is read anew.
bench: build ## Compare with docker.io, runc and crun; writes bench/results.md
	@scripts/deps test
	@$(MAKE) --no-print-directory install DESTDIR=$(CURDIR)/.build/bench PREFIX=
	@SKIFF_BIN=$(CURDIR)/.build/bench/bin $$(scripts/deps python) bench/bench.py

soak: build ## The supervisor under load and faults, up to half an hour; writes bench/soak.md (SOAK_FLAGS=--short)
	@scripts/deps test
	@SKIFF_BIN=$(CURDIR)/$(BIN) $$(scripts/deps python) bench/soak.py --report bench/soak.md $(SOAK_FLAGS)

docs: build ## Write the API documentation of the libraries for embedders into .build/docs (DocC)
	@scripts/api-docs

fmt: ## Format the Swift sources
	@git ls-files -z '*.swift' ':!*.pb.swift' | xargs -0 $(SWIFT) format format --in-place --parallel

check: ## Formatting, import rules, house rules, script syntax
	@git ls-files -z '*.swift' ':!*.pb.swift' | xargs -0 $(SWIFT) format lint --strict --parallel
	@scripts/check-imports
	@scripts/check-rules
	@for script in $(SCRIPTS); do bash -n $$script || exit 1; done
	@python3 -m compileall -q scripts integration bench
	@echo "check: formatting, imports, house rules and scripts are in order"

protos: ## Generate the code of Protocols/ again
	@scripts/deps protos
	$(SWIFT) build -c release --product protoc-gen-swift
	PROTOC_GEN_SWIFT=$(CURDIR)/$(BIN)/protoc-gen-swift Protocols/generate.sh

clean: ## Remove what building made
	rm -rf .build .pytest_cache
