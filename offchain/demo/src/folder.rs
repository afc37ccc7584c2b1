//! A folder of the demo's.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use bytes::Bytes;

/// A folder that is removed with its content in the end.
pub(super) struct Folder(PathBuf);

impl Folder {
    /// An empty folder that nobody else can look into.
    pub(super) fn new() -> Result<Self> {
        let mut tag = [0; 8];
        getrandom::fill(&mut tag).map_err(|error| anyhow::anyhow!("randomness: {error}"))?;
        let path = std::env::temp_dir().join(format!("bithive-demo-{}", hex::encode(tag)));
        let mut builder = fs::DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&path).with_context(|| path.display().to_string())?;
        Ok(Self(path))
    }

    /// The folder of a party, or its log.
    pub(super) fn of(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// Where a party's log is.
    pub(super) fn log(&self, name: &str) -> PathBuf {
        self.0.join(format!("{name}.log"))
    }

    /// All that the parties keep on disk, and their logs, but for these parties.
    pub(super) fn contents(&self, without: &[&str]) -> Result<Vec<Bytes>> {
        let mut bodies = Vec::new();
        for entry in fs::read_dir(&self.0)? {
            let entry = entry?;
            if !without.iter().any(|name| *entry.file_name() == **name) {
                collect(&entry.path(), &mut bodies)?;
            }
        }
        Ok(bodies)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.0) {
            eprintln!("{} can't be removed: {error}", self.0.display());
        }
    }
}

fn collect(path: &Path, bodies: &mut Vec<Bytes>) -> Result<()> {
    if path.is_dir() {
        for entry in fs::read_dir(path)? {
            collect(&entry?.path(), bodies)?;
        }
    } else {
        bodies.push(fs::read(path).with_context(|| path.display().to_string())?.into());
    }
    Ok(())
}
