# Commands for working on unicom; `just` lists them.

set shell := ["bash", "-euo", "pipefail", "-c"]

# List the recipes.
default:
    @just --list

# Run all tests, with the command that the README names.
test:
    eval "$(.ci/readme block test)"

# Run every check that a change must pass.
ci:
    bash .ci/run

# Check format, lints, language and spelling.
check:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets --locked -- -D warnings
    cd tools && cargo fmt --all --check
    cd tools && cargo clippy --all-targets --locked -- -D warnings
    scripts/language
    scripts/spelling

# Check the user interface: types, rules, sizes, tests, and that its built files are current.
ui *ARGS:
    cargo build --locked --bin unicom
    scripts/ui {{ARGS}}

# Test the user interface in Firefox too, by WebDriver BiDi; needs what Debian calls firefox-esr.
browsers *TESTS="talk states other-site":
    cargo build --locked --bin unicom
    cd ui && npm ci --ignore-scripts --silent
    cd ui && UNICOM_BROWSER=firefox node test.mjs browser {{TESTS}}

# Build the user interface into crates/unicom-ui/dist.
ui-build:
    cd ui && npm ci --ignore-scripts && npm run build

# Check dependencies for known vulnerabilities; fetches the RustSec database.
advisories:
    cargo deny check advisories

# Build the documentation of all crates.
doc:
    RUSTDOCFLAGS='-D warnings' cargo doc --workspace --no-deps --locked

# Package all crates as for crates.io, and build each from its package; not the program that depends on an example.
package:
    cargo package --workspace --exclude example-platform-server --locked

# Write down the public API of the libraries for hosts and platforms; needs nightly and cargo-public-api.
public-api:
    mkdir -p docs/public-api
    for crate in models db core webchat embed; do \
        cargo public-api -p "unicom-$crate" -sss > "docs/public-api/$crate.txt"; \
    done
    git diff --stat docs/public-api

# Serve a web chat with an echo bot, to try things out.
serve:
    cargo run --locked -- quickstart

# Kill a worker at every step of a request. The ignored test is the worker process that the other tests start.
crashes:
    cargo test --locked -p unicom-testing --test services crashes

# Let senders and workers race on leases that run out, on both engines, for so many seconds.
stress seconds="60":
    UNICOM_STRESS_SECONDS={{seconds}} cargo test --locked -p unicom-testing --test services lease_stress -- --nocapture

# Kill the server repeatedly while visitors write, and check that nothing is lost; `just kills 1000 --postgres`.
kills rounds="1000" *ARGS:
    cargo build --locked -p unicom-server
    cd tools && cargo run --locked -p unicom-trials -- kills --rounds {{rounds}} {{ARGS}}

# Simulate power cuts of a server on SQLite, and check that nothing is lost.
power-cuts rounds="200" *ARGS:
    cargo build --locked -p unicom-server
    cd tools && cargo run --locked -p unicom-trials -- power-cuts --rounds {{rounds}} {{ARGS}}

# Cut live connections while visitors write, and check that readers miss nothing; `just cuts 10000 --postgres`.
cuts rounds="10000" *ARGS:
    cargo build --locked -p unicom-server
    cd tools && cargo run --locked -p unicom-trials -- cuts --rounds {{rounds}} {{ARGS}}

# Keep 10,000 WebSockets open, wake them, and let all connect again after a restart; `just herd 10000 --postgres`.
herd sockets="10000" *ARGS:
    cargo build --profile dist --locked -p unicom-server
    cd tools && cargo build --profile dist --locked -p unicom-trials
    target/dist/unicom-trials herd --sockets {{sockets}} --within 10 {{ARGS}}

# Send five times the load that the server can handle, and measure what it still does; `just overload 80 --postgres`.
overload floor="80" *ARGS:
    cargo build --profile dist --locked -p unicom-server
    cd tools && cargo build --profile dist --locked -p unicom-trials
    target/dist/unicom-trials overload --floor {{floor}} {{ARGS}}

# Start a server with a backlog of requests, and measure how it works them off; `just backlog 100000 --postgres`.
backlog requests="100000" *ARGS:
    cargo build --profile dist --locked -p unicom-server
    cd tools && cargo build --profile dist --locked -p unicom-trials
    target/dist/unicom-trials backlog --requests {{requests}} {{ARGS}}

# Run the tests of access control and input validation (docs/SECURITY.md), on both engines.
security:
    cargo test --locked -p unicom-server --test http -- access bad_input csrf limits html_escaping media races request_ids sessions admin::authorization admin::tokens admin::scopes log

# Send requests that openapi.json allows and forbids, and check the responses.
schemathesis examples="20":
    cargo build --release --locked
    scripts/schemathesis {{examples}}

# Run the examples of docs/API.md against a server.
api-examples:
    cargo build --locked --bin unicom
    scripts/api-examples

# Fuzz every parser of external input. Needs a nightly Rust and cargo-fuzz.
fuzz seconds="60" *TARGETS="":
    scripts/fuzz {{seconds}} {{TARGETS}}

# Mutation tests: change the source in one place after another, and report whether a test fails; needs cargo-mutants and cargo-nextest.
mutants *GROUPS:
    scripts/mutants {{GROUPS}}

# Run all tests and report line coverage; needs cargo-llvm-cov.
coverage *ARGS:
    scripts/coverage {{ARGS}}

# Run all benchmarks against the bare limits, on SQLite and, if a server is given, on PostgreSQL.
bench *ARGS:
    cargo build --profile dist --locked -p unicom-server
    cd tools && cargo build --profile dist --locked -p unicom-bench
    target/dist/unicom-bench all {{ARGS}}

# Measure live connections beside nchan, in turns; needs Debian's nginx-light and libnginx-mod-nchan.
nchan *ARGS:
    cargo build --profile dist --locked -p unicom-server
    cd tools && cargo build --profile dist --locked -p unicom-bench
    ulimit -n "$(ulimit -Hn)" && target/dist/unicom-bench nchan {{ARGS}}
