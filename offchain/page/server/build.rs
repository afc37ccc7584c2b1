//! Lists the files of the built page for `include_bytes!`. They are committed, so that no Node is needed here.

use std::path::{Path, PathBuf};
use std::{env, fs, io};

const BUILT: &str = "../web/dist";
/// Beside the page, not part of it.
const LEFT_OUT: [&str; 1] = ["checksums.txt"];

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed={BUILT}");
    let here = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let root = here.join(BUILT).canonicalize()?;
    let mut files = Vec::new();
    walk(&root, &root, &mut files)?;
    files.sort();
    if !files.iter().any(|(path, ..)| path == "index.html") {
        let problem =
            format!("{BUILT} has neither index.html nor index.html.br; scripts/page builds the page");
        return Err(io::Error::new(io::ErrorKind::NotFound, problem));
    }
    // Of a file that is there packed and plain, the packed one comes first by the order of the list.
    files.dedup_by(|later, first| later.0 == first.0);
    let mut code = String::from("[\n");
    for (path, plain, file) in files {
        let brotli = !plain;
        code += &format!(
            "    Stored {{ path: {path:?}, brotli: {brotli}, bytes: include_bytes!({:?}) }},\n",
            file.display().to_string()
        );
    }
    code += "]\n";
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    fs::write(out.join("files.rs"), code)
}

/// Path on the server, whether it is plain, and where the file is.
fn walk(root: &Path, folder: &Path, files: &mut Vec<(String, bool, PathBuf)>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            walk(root, &path, files)?;
            continue;
        }
        let relative = path.strip_prefix(root).map_err(io::Error::other)?;
        let name = relative.to_string_lossy().replace('\\', "/");
        if LEFT_OUT.contains(&name.as_str()) || name.starts_with('.') {
            continue;
        }
        match name.strip_suffix(".br") {
            Some(name) => files.push((name.into(), false, path)),
            None => files.push((name, true, path)),
        }
    }
    Ok(())
}
