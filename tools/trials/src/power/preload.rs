//! The library between the server and its disk, compiled for each run.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context;

const SOURCE: &str = include_str!("../../preload/power.c");

/// Compiles the library into a folder with the machine's C compiler.
pub fn compile(folder: &Path) -> anyhow::Result<PathBuf> {
    anyhow::ensure!(
        cfg!(all(target_os = "linux", target_env = "gnu")),
        "power can be cut on Linux with glibc only: elsewhere, files are written in other ways"
    );
    let library = folder.join("power.so");
    let said = run_compiler(folder, &library)?;
    if !said.is_empty() {
        log::warn!("preload/power.c: {said}");
    }
    Ok(library)
}

/// Runs the compiler and returns its warnings.
fn run_compiler(folder: &Path, library: &Path) -> anyhow::Result<String> {
    let source = folder.join("power.c");
    std::fs::write(&source, SOURCE)?;
    let compiler = std::env::var_os("CC").unwrap_or_else(|| "cc".into());
    let compiled = Command::new(&compiler)
        .args(["-shared", "-fPIC", "-O2", "-Wall", "-Wextra", "-o"])
        .args([library, &*source])
        .args(["-ldl", "-lpthread"])
        .output()
        .with_context(|| format!("the C compiler `{}` cannot be run", compiler.display()))?;
    let said = String::from_utf8_lossy(&compiled.stderr).into_owned();
    anyhow::ensure!(
        compiled.status.success(),
        "`{}` cannot compile preload/power.c:\n{said}",
        compiler.display(),
    );
    Ok(said)
}

#[cfg(all(test, target_os = "linux", target_env = "gnu"))]
mod tests {
    use super::*;

    #[test]
    fn library_compiles_without_warnings() {
        let folder = tempfile::tempdir().unwrap();
        let said = run_compiler(folder.path(), &folder.path().join("power.so")).unwrap();
        assert_eq!(said, "");
    }
}
