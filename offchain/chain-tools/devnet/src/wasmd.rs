//! The node's program: wasmd, built from the pinned Go module in `scripts/devnet`, once for each change of it.
//!
//! It is built with BitHive's prefix of addresses, and lies with its library in a cache outside of any checkout.

use std::ffi::OsString;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use bithive_chain::BECH32_PREFIX;
use sha2::{Digest as _, Sha256};

use crate::DevnetError;
use crate::cache::{self, said};

pub use crate::cache::{BuildStep, cache_folder, last_lines};

/// The version that `go.mod` requires.
pub const VERSION: &str = "v0.61.14";

const GO_MOD: &str = include_str!("../../../../scripts/devnet/go.mod");
const GO_SUM: &str = include_str!("../../../../scripts/devnet/go.sum");
const PROGRAM: &str = "wasmd";
const PACKAGE: &str = "github.com/CosmWasm/wasmd/cmd/wasmd";
const WASMVM: &str = "github.com/CosmWasm/wasmvm/v3";
/// Folder for modules and objects while it is built.
const MODULES: &str = "modules";
/// Lines of a failed command that are shown.
const SHOWN_LINES: usize = 12;

/// The program, built if `cache` does not have it.
///
/// # Errors
/// [`DevnetError::GoMissing`]; [`DevnetError::Build`] with the compiler's output.
pub fn ensure(cache: &Path, progress: &dyn Fn(BuildStep)) -> Result<PathBuf, DevnetError> {
    cache::ensure(cache, &format!("wasmd-{VERSION}-{}", fingerprint()), "wasmd", |folder| {
        build(folder, progress)
    })
}

/// Changes with everything that the program is made of.
fn fingerprint() -> String {
    let mut hash = Sha256::new();
    for part in [GO_MOD, GO_SUM, &linker_flags()] {
        hash.update(part.len().to_le_bytes());
        hash.update(part);
    }
    hex::encode(hash.finalize()).chars().take(12).collect()
}

fn linker_flags() -> String {
    let version = "github.com/cosmos/cosmos-sdk/version";
    [
        // wasmd's own Makefile has it: a dependency reaches into the runtime.
        "-checklinkname=0 -s -w".into(),
        // The library lies beside the program and not in Go's module cache, which may be cleaned.
        "-extldflags=-Wl,-rpath,$ORIGIN".into(),
        format!("-X {version}.Name=wasm -X {version}.AppName=wasmd -X {version}.Version={VERSION}"),
        format!("-X github.com/CosmWasm/wasmd/app.Bech32Prefix={BECH32_PREFIX}"),
    ]
    .join(" ")
}

fn build(folder: &Path, progress: &dyn Fn(BuildStep)) -> Result<(), DevnetError> {
    for (name, text) in [("go.mod", GO_MOD), ("go.sum", GO_SUM)] {
        std::fs::write(folder.join(name), text).map_err(DevnetError::at(folder))?;
    }
    progress(BuildStep::Fetching);
    let packages = go(folder, &["list", "-mod=readonly", "-deps", PACKAGE])?.lines().count();
    compile(folder, packages, progress)?;
    let wasmvm = go(folder, &["list", "-mod=readonly", "-m", "-f", "{{.Dir}}", WASMVM])?;
    let library = format!("libwasmvm.{}.so", std::env::consts::ARCH);
    let from = Path::new(wasmvm.trim()).join("internal/api").join(&library);
    std::fs::copy(&from, folder.join(&library)).map_err(DevnetError::at(&from))?;
    // It runs, with the library beside it, and is what was asked for.
    let modules = folder.join(MODULES);
    std::fs::remove_dir_all(&modules).map_err(DevnetError::at(&modules))?;
    let output = Command::new(folder.join("wasmd")).arg("version").output();
    let output = output.map_err(DevnetError::at(folder))?;
    if !said(&output).contains(VERSION) {
        return Err(DevnetError::Build { program: PROGRAM, output: last_lines(&said(&output), SHOWN_LINES) });
    }
    Ok(())
}

/// Compiles at low priority: it takes minutes and all cores.
fn compile(folder: &Path, packages: usize, progress: &dyn Fn(BuildStep)) -> Result<(), DevnetError> {
    let flags = linker_flags();
    let arguments = ["build", "-v", "-mod=readonly", "-buildvcs=false", "-trimpath", "-ldflags", &flags];
    let mut child = Command::new("nice")
        .args(["-n", "10", "go"])
        .args(arguments)
        .args(["-o", "wasmd", PACKAGE])
        .current_dir(folder)
        .envs(go_settings(folder))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|source| DevnetError::Io { what: "nice".into(), source })?;
    let mut lines = Vec::new();
    if let Some(errors) = child.stderr.take() {
        for line in BufReader::new(errors).lines().map_while(Result::ok) {
            lines.push(line);
            progress(BuildStep::Compiling { done: lines.len(), most: packages });
        }
    }
    let status = child.wait().map_err(|source| DevnetError::Io { what: "go build".into(), source })?;
    if !status.success() {
        return Err(DevnetError::Build {
            program: PROGRAM,
            output: last_lines(&lines.join("\n"), SHOWN_LINES),
        });
    }
    Ok(())
}

/// Go's own folders lie beside the program until it is built: those of the user may be read-only, or of other settings.
fn go_settings(folder: &Path) -> [(&'static str, OsString); 6] {
    let modules = folder.join(MODULES);
    [
        ("GOPATH", modules.clone().into()),
        ("GOMODCACHE", modules.join("mod").into()),
        ("GOCACHE", modules.join("build").into()),
        // Modules are read-only otherwise, and could not be removed.
        ("GOFLAGS", "-modcacherw".into()),
        ("GOWORK", "off".into()),
        ("CGO_ENABLED", "1".into()),
    ]
}

/// What a `go` command prints.
fn go(folder: &Path, arguments: &[&str]) -> Result<String, DevnetError> {
    let output = Command::new("go")
        .args(arguments)
        .current_dir(folder)
        .envs(go_settings(folder))
        .stdin(Stdio::null())
        .output()
        .map_err(|source| match source.kind() {
            std::io::ErrorKind::NotFound => DevnetError::GoMissing,
            _ => DevnetError::Io { what: "go".into(), source },
        })?;
    if !output.status.success() {
        return Err(DevnetError::Build { program: PROGRAM, output: last_lines(&said(&output), SHOWN_LINES) });
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_module_requires_the_version_that_is_named() {
        assert!(GO_MOD.contains(&format!("require github.com/CosmWasm/wasmd {VERSION}")));
        assert!(GO_MOD.contains(&format!("tool {PACKAGE}")) && GO_MOD.contains(WASMVM));
    }
}
