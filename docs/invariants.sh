#!/usr/bin/env bash
# Checks the rules in docs/ARCHITECTURE.md that a command can check. Run it from any folder.
set -euo pipefail
# `none` runs last in pipelines and sets `failed` in this shell.
shopt -s lastpipe
cd "$(dirname "$0")/.."
failed=0

main() {
    # No actix below unicom-auth and unicom-http.
    for crate in models db backup core content matchers outbound bots webchat internal testing; do
        without "unicom-$crate" actix-web 'actix-web is for unicom-auth and unicom-http only'
    done

    # The crates of this workspace that each crate may use.
    uses_only unicom-models
    uses_only unicom-ui
    uses_only unicom-db unicom-models
    uses_only unicom-backup unicom-models unicom-db
    uses_only unicom-core unicom-models unicom-db
    uses_only unicom-content unicom-models unicom-db unicom-core
    uses_only unicom-matchers unicom-models unicom-db unicom-core
    uses_only unicom-outbound unicom-models unicom-db unicom-core
    uses_only unicom-bots unicom-models unicom-db unicom-core unicom-content unicom-outbound
    uses_only unicom-webchat unicom-models unicom-db unicom-core
    uses_only unicom-internal unicom-models unicom-db unicom-core
    uses_only unicom-testing unicom-models unicom-db unicom-core unicom-content
    without unicom-webchat example-platform 'platform crates never depend on each other'
    without example-platform unicom-webchat 'platform crates never depend on each other'

    # What platforms need stays light.
    local crates
    crates=$(tree_of unicom-webchat | awk '{ print $1, $2 }' | sort -u | wc -l)
    [ "$crates" -le 110 ] || none . 'unicom-webchat builds from at most 110 crates' <<<"$crates"
    for dependency in rhai object_store html5ever reqwest url; do
        without unicom-core "$dependency" 'heavy dependencies are in crates above unicom-core'
        without unicom-webchat "$dependency" 'heavy dependencies are in crates above unicom-core'
    done

    # A host with one engine builds without the library of the other.
    without unicom-embed pq-sys 'each engine is a feature' --no-default-features --features sqlite
    without unicom-embed libsqlite3-sys 'each engine is a feature' --no-default-features --features postgres

    # The program chooses the TLS of a host.
    for dependency in rustls native-tls ring aws-lc-rs; do
        without unicom-embed "$dependency" 'no library chooses the TLS of a host' --features content,matchers,bots,http
    done

    # HTML that readers get has been sanitized.
    code crates bins examples | not_in crates/unicom-content/src/html.rs | not_in crates/unicom-core/src/html.rs |
        none 'from_sanitized' 'only unicom-content creates CleanHtml'

    # HTTP statuses of errors are decided in one file. Code on the success path may choose a success status.
    local statuses=crates/unicom-http/src/error.rs
    local success='OK|CREATED|NO_CONTENT|PARTIAL_CONTENT|NOT_MODIFIED|RANGE_NOT_SATISFIABLE'
    local builders='Ok|Created|NoContent|PartialContent|NotModified|RangeNotSatisfiable'
    code crates | not_in "$statuses" |
        without_words "StatusCode::($success)" "HttpResponse::($builders)" |
        none 'StatusCode::([A-Z]|from_u16)|HttpResponse::[A-Z][A-Za-z]+\(|error::Error[A-Z]' \
            "HTTP statuses of failures are in $statuses only"

    # The caller of a query decides where its transaction begins and ends.
    code crates/unicom-db/src/queries |
        none '\.([a-z]+_)?transaction(::<.*>)?\(|(begin|build)_transaction' \
            'query functions open no transaction'

    # Code that does not await cannot await while a transaction is open.
    code crates/unicom-db/src/queries crates/unicom-{webchat,internal}/src |
        none '\.await' 'queries and services are plain functions: nothing awaits in them'

    # Embedding hosts have their own users.
    {
        code crates/unicom-{models,db,core,webchat,internal,http}/src
        grep -rn '' crates/unicom-db/migrations
    } | none '\<unicom_users\>' 'only unicom-auth knows a users table'

    # Each management action, with its audit entry, exists once.
    code crates bins | not_in crates/unicom-core/src/admin/actor.rs | not_in crates/unicom-db/src/queries/audit.rs |
        none '\<audit::insert\>' 'only Actor::record writes to the audit trail'
    code crates/unicom-http/src/admin bins/unicom-server/src/commands |
        none '\.record\(([a-z&]|$)' 'routes and commands call management functions, which record the action'

    # The lint forbids it too, but only in crates that inherit the workspace's lints.
    code crates bins examples tools |
        none '\<unsafe +(\{|fn|impl|trait|extern)|\<unsafe *\{|#!?\[unsafe\(' 'no unsafe code'

    # Every setting is documented.
    local setting
    while read -r setting; do
        grep -q "\`$setting\`" docs/OPERATIONS.md || none . "docs/OPERATIONS.md describes every setting" <<<"$setting"
    done < <(grep -rhoE 'env = "UNICOM_[A-Z_]+"' bins/unicom-server/src | grep -oE 'UNICOM_[A-Z_]+' | sort -u)

    # Every metric is documented, and no other.
    { diff <({
            grep -rhoE '"(unicom|process)_[a-z_]+"' bins/unicom-server/src/metrics
            grep -rhoE '"unicom_(database|messages)_[a-z_]+"' crates/unicom-db/src/{connection,engine}
        } | tr -d '"' | sort -u) \
        <(grep -oE '^\| `(unicom|process)_[a-z_]+`' docs/OPERATIONS.md | tr -d '|` ' | sort) || true; } |
        none '^[<>]' 'docs/OPERATIONS.md describes every metric of unicom-db and unicom-server (<) and no other (>)'

    # The checklist in docs/SECURITY.md names existing tests.
    local test file
    while read -r test; do
        file=bins/unicom-server/tests/http/$(sed 's,::,/,g' <<<"$test")
        [ -e "$file.rs" ] || [ -d "$file" ] || grep -qs "fn ${test##*::}(" "${file%/*}.rs" ||
            none . "docs/SECURITY.md names existing tests" <<<"$test"
    done < <(sed -n '/^## The checklist/,/^## What is not/p' docs/SECURITY.md | grep -oE '`[a-z_]+(::[a-z0-9_]+)+`' | tr -d '`')

    # Every package has the licences, and no link that a checkout on Windows would break.
    local package
    for package in crates/* bins/*; do
        cmp -s LICENSE-APACHE "$package/LICENSE-APACHE" && cmp -s LICENSE-MIT "$package/LICENSE-MIT" ||
            none . 'every package has the licences of the repository' <<<"$package"
    done
    { git ls-files -s | grep '^120000' || true; } | none . 'no symbolic links'

    # Modules of a crate depend on each other in one direction.
    scripts/module-cycles || failed=1

    [ "$failed" -eq 0 ] || exit 1
    echo 'invariants hold'
}

# without CRATE DEPENDENCY RULE [OPTIONS OF CARGO]
without() {
    local tree
    tree=$(tree_of "$1" "${@:4}")
    none "^$2 v" "$3: $1 depends on it" <<<"$tree"
}

# uses_only CRATE ALLOWED...: of the crates in this workspace.
uses_only() {
    local crate=$1 tree allowed
    tree=$(tree_of "$crate")
    allowed=$(IFS='|' && echo "$*")
    { grep -E '^(unicom|example)-' <<<"$tree" || true; } | without_words "^($allowed) v.*" |
        none '^(unicom|example)-' "of the crates in this workspace, $crate may only use: ${*:2}"
}

# tree_of CRATE [OPTION_OF_CARGO...]
# Prints every package that the crate is built from, without dev-dependencies, as `name vX.Y.Z`.
# (`cargo tree -i` fails both if the package is absent and if the crate is.)
tree_of() {
    cargo tree --locked -p "$1" -e normal,build --prefix none "${@:2}"
}

# Prints the lines of code in these folders as `file:line:code`, without comments and test modules.
code() {
    find "$@" -name '*.rs' -not -path '*/tests/*' -not -name tests.rs -print0 | sort -z |
        xargs -0 awk '
            FNR == 1 { tests = attribute = 0 }
            attribute { attribute = 0; if (/^(pub(\(crate\))? )?mod .*\{/) tests = 1; next }
            tests || /^[[:space:]]*\/\// { next }
            /^#\[cfg\(test\)\]/ { attribute = 1; next }
            { print FILENAME ":" FNR ":" $0 }
        '
}

# Drops the lines of one file.
not_in() {
    grep -v "^$1:" || true
}

# Removes the allowed words, so that the rest of the line is still checked.
without_words() {
    local word expressions=()
    for word; do expressions+=(-e "s/$word([^A-Za-z_]|\$)/ /g"); done
    sed -E "${expressions[@]}"
}

# none PATTERN RULE: fails if a line of the input matches.
none() {
    local found
    if found=$(grep -E -- "$1"); then
        printf 'broken rule: %s\n%s\n' "$2" "$found" >&2
        failed=1
    fi
}

main
