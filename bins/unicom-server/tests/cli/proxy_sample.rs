//! Tests of the sample proxy configuration in docs/OPERATIONS.md: which directives it must have,
//! and that nginx accepts it if it is installed.

use std::fs;
use std::path::Path;
use std::process::Command;

/// Returns the sample from the document.
fn sample() -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let text = fs::read_to_string(root.join("docs/OPERATIONS.md")).unwrap();
    let (_, sample) = text.split_once("```nginx\n").unwrap();
    sample.split("```").next().unwrap().to_owned()
}

/// Returns the directives in a block, without comments and with single spaces.
fn directives(block: &str) -> Vec<String> {
    let code = block.lines().map(|line| line.split(" # ").next().unwrap());
    let text = code.map(|line| line.split('#').next().unwrap());
    text.map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
        .filter(|line| !line.is_empty())
        .collect()
}

#[test]
fn sample_replaces_client_headers_and_enforces_https() {
    let sample = sample();
    let (server, location) = sample.split_once("location /unicom/ {").unwrap();
    let (server, location) = (directives(server), directives(location));
    for wanted in [
        // The proxy does not pass on a request id of the client.
        "proxy_set_header X-Request-Id $request_id;",
        // `Forwarded` would contain what the client sent.
        "proxy_set_header Forwarded \"\";",
        "proxy_set_header Host $host;",
        "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;",
        "proxy_set_header X-Forwarded-Proto $scheme;",
    ] {
        assert!(
            location.iter().any(|line| line == wanted),
            "{wanted} is not in {location:#?}"
        );
    }
    let hsts = server
        .iter()
        .find(|line| line.contains("Strict-Transport-Security"));
    let hsts = hsts.expect("no HSTS");
    assert!(
        hsts.starts_with("add_header Strict-Transport-Security \"max-age="),
        "{hsts}"
    );
    let seconds = hsts.split("max-age=").nth(1).unwrap();
    let seconds: String = seconds.chars().take_while(char::is_ascii_digit).collect();
    // At least a year (ASVS 5.0, 3.4.1), on error responses too.
    assert!(seconds.parse::<u32>().unwrap() >= 31_536_000, "{hsts}");
    assert!(hsts.ends_with(" always;"), "{hsts}");
    // `add_header` in a location would disable the server's `add_header`.
    assert!(
        !location.iter().any(|line| line.starts_with("add_header")),
        "{location:#?}"
    );
    for line in server.iter().chain(&location) {
        assert!(line.ends_with(['{', '}', ';']), "{line}");
    }
    assert_eq!(sample.matches('{').count(), sample.matches('}').count());
}

#[test]
fn nginx_accepts_the_sample() {
    if Command::new("nginx").arg("-v").output().is_err() {
        println!("skipped: there is no nginx here");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("nginx.conf");
    let path = folder.path().display();
    // Without TLS, which would need a certificate, and without a port.
    let listen = format!("listen unix:{path}/socket;");
    let sample = sample().replace("listen 443 ssl;", &listen);
    let text = format!(
        "error_log {path}/error.log;\npid {path}/pid;\nevents {{}}\nhttp {{\naccess_log off;\n\
         client_body_temp_path {path}/body;\nproxy_temp_path {path}/proxy;\n{sample}}}\n"
    );
    fs::write(&file, text).unwrap();
    let tested = Command::new("nginx")
        .args(["-t", "-c"])
        .arg(&file)
        .output()
        .unwrap();
    assert!(
        tested.status.success(),
        "{}",
        String::from_utf8_lossy(&tested.stderr)
    );
}
