//! Digests of the sources that decide what a run gives, so that stored runs of other sources are not taken for new
//! ones: those of the simulator and of the QUIC library's version, and those of UDX.

use std::error::Error;
use std::path::{Path, PathBuf};

#[path = "src/digest.rs"]
mod digest;

/// The simulator's sources without those that only choose, count and draw.
const MODEL: [&str; 8] = ["codel", "crypto", "host", "link", "record", "rng", "scenario", "sim"];

fn main() -> Result<(), Box<dyn Error>> {
    let here = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR")?);
    let mut model = Vec::new();
    for name in MODEL {
        model.push(read(&here.join("src").join(name).with_extension("rs"))?);
    }
    let lock = String::from_utf8(read(&here.join("../../../Cargo.lock"))?)?;
    let library = lock.split("[[package]]").find(|package| package.contains("name = \"noq-proto\""));
    model.push(library.unwrap_or_default().lines().take(3).collect::<String>().into_bytes());
    let mut udx = Vec::new();
    sources(&here.join("../../../packages/udx/src"), &mut udx)?;
    for (name, parts) in [("NETSIM_MODEL", model), ("NETSIM_UDX", udx)] {
        let parts: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
        println!("cargo::rustc-env={name}={:016x}", digest::digest(&parts));
    }
    Ok(())
}

fn read(file: &Path) -> std::io::Result<Vec<u8>> {
    println!("cargo::rerun-if-changed={}", file.display());
    std::fs::read(file)
}

fn sources(folder: &Path, into: &mut Vec<Vec<u8>>) -> std::io::Result<()> {
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut entries =
        std::fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<std::io::Result<Vec<_>>>()?;
    entries.sort();
    for entry in entries {
        if entry.is_dir() {
            sources(&entry, into)?;
        } else {
            into.push(read(&entry)?);
        }
    }
    Ok(())
}
