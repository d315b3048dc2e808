# Commands for working on unicom; `just` lists them.

set shell := ["bash", "-euo", "pipefail", "-c"]

# List the recipes.
default:
    @just --list

# Run all tests, with the command that the README names.
test:
    eval "$(.ci/readme block test)"

# Run everything a change must pass.
ci:
    bash .ci/run

# Check format and lints.
check:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets --locked -- -D warnings

# Ask the RustSec database, which is fetched, about known holes in what we use.
advisories:
    cargo deny check advisories

# Build the documentation of all crates.
doc:
    RUSTDOCFLAGS='-D warnings' cargo doc --workspace --no-deps --locked

# Serve a web chat with an echo bot, to try things out.
serve:
    cargo run --locked -- quickstart

# Kill a worker at every step of a request: the test that is ignored is the worker, which the others start.
crashes:
    cargo test --locked -p unicom-testing --test services crashes

# Kill the server again and again while visitors write, and look for what is lost; `just kills 1000 --postgres`.
kills rounds="1000" *ARGS:
    cargo build --locked -p unicom-server -p unicom-trials
    cargo run --locked -p unicom-trials -- kills --rounds {{rounds}} {{ARGS}}

# Cut the power of a server on SQLite again and again, and look for what is lost.
power-cuts rounds="200" *ARGS:
    cargo build --locked -p unicom-server -p unicom-trials
    cargo run --locked -p unicom-trials -- power-cuts --rounds {{rounds}} {{ARGS}}

# Ask for five times as much as the server can do, and look what it still does; `just overload 80 --postgres`.
overload floor="80" *ARGS:
    cargo build --release --locked -p unicom-server -p unicom-trials
    target/release/unicom-trials overload --floor {{floor}} {{ARGS}}

# Start a server with many requests that wait, and look how they are worked off; `just backlog 100000 --postgres`.
backlog requests="100000" *ARGS:
    cargo build --release --locked -p unicom-server -p unicom-trials
    target/release/unicom-trials backlog --requests {{requests}} {{ARGS}}

# Run the tests of who gets in and what is let in (docs/SECURITY.md), on both engines; prints how many.
security:
    cargo test --locked -p unicom-server --test http -- access bad_input csrf limits markup media races request_ids sessions admin::who admin::tokens admin::scopes log

# Ask a server whatever its openapi.json allows and forbids; prints the figures.
schemathesis examples="20":
    cargo build --release --locked
    scripts/schemathesis {{examples}}

# Fuzz every parser of what comes from outside; prints the figures. Needs a nightly Rust and cargo-fuzz.
fuzz seconds="60" *TARGETS="":
    scripts/fuzz {{seconds}} {{TARGETS}}

# Change the source in one place after the other and look whether a test notices; needs cargo-mutants and cargo-nextest.
mutants *GROUPS:
    scripts/mutants {{GROUPS}}

# Run all tests and tell which lines they reach; needs cargo-llvm-cov.
coverage *ARGS:
    scripts/coverage {{ARGS}}

# Measure everything beside the bare limits, on SQLite and, where a server is named, on PostgreSQL.
bench *ARGS:
    cargo build --release --locked -p unicom-server -p unicom-bench
    target/release/unicom-bench all {{ARGS}}
