//! Tests of TLS to PostgreSQL: a server that cannot prove who it is gets no connection.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use rcgen::{BasicConstraints, Certificate, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use unicom_db::{Database, DbError, on_engine};
use unicom_testing::TestDatabase;

/// An authority whose certificate is in a file.
struct Authority {
    certificate: Certificate,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    fn new(name: &str) -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, name);
        let key = KeyPair::generate().unwrap();
        Self {
            certificate: params.self_signed(&key).unwrap(),
            issuer: Issuer::new(params, key),
        }
    }

    /// Returns the certificate of a server with this name, and its key.
    fn server(&self, name: &str) -> (String, String) {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        (certificate.pem(), key.serialize_pem())
    }

    fn write_to(&self, file: &Path) {
        fs::write(file, self.certificate.pem()).unwrap();
    }
}

fn execute(db: &TestDatabase, statement: &str) {
    on_engine!(&mut db.connection(), conn => conn.batch_execute(statement)).unwrap();
}

/// Lets the server write a file that only it can read, since it refuses the key otherwise.
fn let_server_write(db: &TestDatabase, file: &str, text: &str) {
    let lines = text.trim_end().replace('\n', "\\n");
    execute(
        db,
        &format!(
            "COPY (SELECT unnest(string_to_array(E'{lines}', E'\\n'))) TO PROGRAM 'umask 077; cat > {file}'"
        ),
    );
}

/// Returns whether a connection with these parameters is encrypted, or why there is none.
fn connect(db: &TestDatabase, host: &str, parameters: &str) -> Result<bool, String> {
    #[derive(QueryableByName)]
    struct Connection {
        #[diesel(sql_type = Bool)]
        ssl: bool,
    }
    let url = format!("{}?{parameters}", db.url().replace("127.0.0.1", host));
    let database = Database::connect(&url).map_err(|error| error.to_string())?;
    let found = database.read(|db| -> Result<Connection, DbError> {
        let query = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
        Ok(on_engine!(db, conn => diesel::sql_query(query).get_result(conn))?)
    });
    Ok(found.wait().unwrap().ssl)
}

#[track_caller]
fn refused(result: Result<bool, String>, reason: &str) {
    let error = result.unwrap_err();
    assert!(error.contains(reason), "no `{reason}` in: {error}");
}

/// Resets the settings of the server, which other tests use too.
struct WithTls<'a>(&'a TestDatabase);

impl Drop for WithTls<'_> {
    fn drop(&mut self) {
        execute(self.0, "ALTER SYSTEM RESET ssl");
        execute(self.0, "SELECT pg_reload_conf()");
    }
}

#[test]
fn certificate_of_the_server_is_checked() {
    // The settings of a server that others use stay as they are.
    if std::env::var_os("UNICOM_TEST_POSTGRES_URL").is_some() {
        return;
    }
    let Some(db) = TestDatabase::postgres(&[]) else {
        return;
    };
    refused(
        connect(&db, "localhost", "sslmode=require"),
        "does not support SSL",
    );
    assert_eq!(connect(&db, "localhost", "sslmode=prefer"), Ok(false));

    let (right, wrong) = (Authority::new("Right"), Authority::new("Wrong"));
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name).display().to_string();
    let (root, foreign_root) = (file("root.pem"), file("foreign.pem"));
    right.write_to(root.as_ref());
    wrong.write_to(foreign_root.as_ref());
    let (certificate, key) = right.server("localhost");
    let_server_write(&db, "server.crt", &certificate);
    let_server_write(&db, "server.key", &key);
    let tls = WithTls(&db);
    execute(&db, "ALTER SYSTEM SET ssl = on");
    execute(&db, "SELECT pg_reload_conf()");
    let deadline = Instant::now() + Duration::from_secs(30);
    while connect(&db, "localhost", "sslmode=require") != Ok(true) {
        assert!(Instant::now() < deadline, "the server does not offer TLS");
        std::thread::sleep(Duration::from_millis(50));
    }

    let with_root = |mode: &str, root: &str| format!("sslmode={mode}&sslrootcert={root}");
    for mode in ["verify-ca", "verify-full"] {
        assert_eq!(connect(&db, "localhost", &with_root(mode, &root)), Ok(true));
        let foreign = connect(&db, "localhost", &with_root(mode, &foreign_root));
        refused(foreign, "certificate verify failed");
        let unknown = connect(&db, "localhost", &with_root(mode, "system"));
        refused(
            unknown,
            if mode == "verify-full" {
                "certificate verify failed"
            } else {
                "weak sslmode"
            },
        );
    }
    // The certificate is for another host name.
    refused(
        connect(&db, "127.0.0.1", &with_root("verify-full", &root)),
        "127.0.0.1",
    );
    assert_eq!(
        connect(&db, "127.0.0.1", &with_root("verify-ca", &root)),
        Ok(true)
    );
    assert_eq!(connect(&db, "localhost", "sslmode=disable"), Ok(false));
    drop(tls);
}
