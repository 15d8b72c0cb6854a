# What people and CI run. CARGO_TARGET_DIR is respected; ARGS goes to cargo test and cargo bench.
.DEFAULT_GOAL := help
.PHONY: help run test bench check sdl seeds web fmt deps

ARGS ?=
# CI builds what the lock file says, or fails.
LOCKED := $(if $(CI),--locked)

help: ## Lists the targets
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(firstword $(MAKEFILE_LIST)) | expand -t 8

run: ## Runs the demo: data, a printed sign-in, http://127.0.0.1:8080/graphiql
	@if command -v npm >/dev/null 2>&1; then scripts/build-web.sh || echo "notice: no playground, its build failed"; \
	else echo "notice: no playground, Node is not installed"; fi
	FRONTDESK_DEMO=1 cargo run $(LOCKED) -p gateway --bin frontdesk -- serve

test: deps ## Installs what is missing and runs every test, on both databases
	scripts/test.sh $(LOCKED) $(ARGS)

bench: ## Runs the benchmarks
	cargo bench $(LOCKED) -p gateway --bench frontdesk $(ARGS)

check: ## Format, lints, the exported schema, dependencies
	cargo fmt --all --check
	cargo clippy $(LOCKED) --workspace --all-targets -- -D warnings
	scripts/sdl.sh --check
	scripts/check-deps.sh

sdl: ## Writes schema.graphql
	scripts/sdl.sh

seeds: ## Writes docs/seeds.md from docs/seeds.tsv
	scripts/seeds.sh >docs/seeds.md.new && mv docs/seeds.md.new docs/seeds.md

web: ## Builds the playground's files, if their sources changed
	scripts/build-web.sh

fmt: ## Formats the code
	cargo fmt --all

deps: ## Installs what the tests need besides Rust
	scripts/install-test-deps.sh
	scripts/build-web.sh
	scripts/npm-ci.sh tests/browser
	scripts/npm-ci.sh tests/clients
	scripts/npm-ci.sh docs/examples/dashboard
