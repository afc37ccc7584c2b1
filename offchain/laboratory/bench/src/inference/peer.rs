//! ONNX Runtime in a Python environment of its own.

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use anyhow::{Context as _, Result, bail, ensure};
use tempfile::TempDir;

/// What is measured; from the Python package index.
const PACKAGES: [(&str, &str); 2] = [("onnxruntime", "1.31.1"), ("numpy", "2.4.6")];
const PROGRAM: &str = include_str!("peer.py");

/// The Python of an environment with the packages, which is made where it is missing.
///
/// # Errors
/// When there is no Python 3, or the packages can't be installed.
pub(super) fn environment(cache: &Path) -> Result<PathBuf> {
    let packages = PACKAGES.map(|(name, version)| format!("{name}=={version}"));
    let folder = cache.join("python").join(packages.join("-").replace("==", "-"));
    let (python, complete) = (folder.join("bin/python"), folder.join("complete"));
    fs::create_dir_all(&folder).with_context(|| format!("{} can't be made", folder.display()))?;
    // Somebody else may be making it: then it is there afterwards.
    let lock = File::create(folder.with_extension("lock"))?;
    lock.lock()?;
    if complete.exists() {
        return Ok(python);
    }
    run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder))?;
    let mut pip = Command::new(&python);
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--only-binary", ":all:"]);
    run(pip.args(["--timeout", "15", "--retries", "1"]).args(&packages))?;
    File::create(&complete)?;
    Ok(python)
}

fn run(command: &mut Command) -> Result<()> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.stdin(Stdio::null()).output().with_context(|| format!("{name} can't be started"))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!("{name} failed: {}", said.trim_end().lines().next_back().unwrap_or("it did not say why"));
    }
    Ok(())
}

/// ONNX Runtime with a model and its input, in a process that ends with this.
pub(super) struct Peer {
    name: String,
    child: Child,
    orders: ChildStdin,
    answers: BufReader<ChildStdout>,
    folder: TempDir,
}

impl Peer {
    /// Loads the model, and rows or images of this shape each.
    pub(super) fn start(python: &Path, model: &[u8], (values, shape): (&[f32], &[usize])) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let [model_file, rows_file] = ["model.onnx", "rows"].map(|name| folder.path().join(name));
        fs::write(&model_file, model)?;
        let values: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        let shape: Vec<String> = shape.iter().map(ToString::to_string).collect();
        fs::write(&rows_file, values)?;
        let mut child = Command::new(python)
            .args(["-c", PROGRAM])
            .args([&model_file, &rows_file])
            .arg(shape.join(","))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("ONNX Runtime's process can't be started")?;
        let orders = child.stdin.take().context("ONNX Runtime's process has no input")?;
        let answers = BufReader::new(child.stdout.take().context("ONNX Runtime's process has no output")?);
        let mut peer = Self { name: String::new(), child, orders, answers, folder };
        peer.name = peer.answer()?;
        Ok(peer)
    }

    /// Name and version.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Seconds of one request of the first rows or images, on average over `repeats`.
    pub(super) fn seconds(&mut self, rows: usize, repeats: u32) -> Result<f64> {
        writeln!(self.orders, "time {rows} {repeats}")?;
        let seconds = self.answer()?.parse::<f64>()?;
        ensure!(seconds > 0.0, "ONNX Runtime's process reported {seconds} seconds; expected more than 0");
        Ok(seconds)
    }

    /// The logits of the first rows or images.
    pub(super) fn logits(&mut self, rows: usize) -> Result<Vec<f32>> {
        let file = self.folder.path().join("logits");
        writeln!(self.orders, "logits {rows} {}", file.display())?;
        self.answer()?;
        let bytes = fs::read(&file)?;
        let (values, rest) = bytes.as_chunks::<4>();
        ensure!(rest.is_empty(), "ONNX Runtime's logits are not a whole number of values");
        Ok(values.iter().map(|value| f32::from_le_bytes(*value)).collect())
    }

    /// Most bytes that the process has held, its Python included.
    pub(super) fn memory(&mut self) -> Result<u64> {
        writeln!(self.orders, "memory")?;
        Ok(self.answer()?.parse()?)
    }

    fn answer(&mut self) -> Result<String> {
        let mut line = String::new();
        self.answers.read_line(&mut line)?;
        ensure!(line.ends_with('\n'), "ONNX Runtime's process broke off; its error is above");
        Ok(line.trim_end().to_owned())
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        // A process that is gone already needs neither.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
