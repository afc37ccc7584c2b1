//! Runs the program as a user would.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

pub const POLICY: &str = "vram >= 16 and region in (eu, ch)";

/// The program with these arguments.
pub fn bithive(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bithive"));
    command.args(arguments);
    command
}

/// Runs it and expects one JSON document and exit code 0.
pub fn json(arguments: &[&str]) -> Value {
    let output = bithive(arguments).arg("--json").output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", text(&output));
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {}", text(&output)))
}

/// Runs it and expects exit code 2; returns the error.
pub fn refused(arguments: &[&str]) -> String {
    let output = bithive(arguments).output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", text(&output));
    String::from_utf8_lossy(&output.stderr).into_owned()
}

pub fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// A network in a folder of its own.
pub struct Network {
    folder: tempfile::TempDir,
}

impl Network {
    /// A new network with the requester `alice` and `nodes` nodes that satisfy [`POLICY`].
    pub fn with_nodes(nodes: usize) -> Self {
        let network = Self { folder: tempfile::tempdir().unwrap() };
        network.json(&["chain", "init", "--slots", "8"]);
        network.json(&["wallet", "new", "alice"]);
        network.json(&["wallet", "fund", "alice", "--amount", "1000"]);
        network.json(&["requester", "register", "alice"]);
        for index in 1..=nodes {
            network.add(&format!("n{index}"), "eu", &format!("1{index}"));
        }
        network
    }

    pub fn add(&self, name: &str, region: &str, ask: &str) -> Value {
        let region = format!("region={region}");
        let set = ["--set", "vram=24", "--set", &region, "--set", "certifications=gdpr"];
        self.json(&[&["node", "add", name, "--ask", ask], &set[..]].concat())
    }

    pub fn home(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    pub fn arguments<'a>(&self, home: &'a str, arguments: &[&'a str]) -> Vec<&'a str> {
        [&["--home", home], arguments].concat()
    }

    pub fn json(&self, arguments: &[&str]) -> Value {
        let home = path(&self.home());
        json(&self.arguments(&home, arguments))
    }

    pub fn refused(&self, arguments: &[&str]) -> String {
        let home = path(&self.home());
        refused(&self.arguments(&home, arguments))
    }

    /// Runs the words of a command and expects one JSON document and exit code 0.
    pub fn run(&self, text: &str) -> Value {
        self.json(&text.split(' ').collect::<Vec<_>>())
    }

    /// Runs a command that ends with `code`, and expects one JSON document.
    pub fn ends_with(&self, code: i32, arguments: &[&str]) -> Value {
        let home = path(&self.home());
        let output = bithive(&self.arguments(&home, arguments)).arg("--json").output().unwrap();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {}", text(&output));
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// What a command tells people, on both streams.
    pub fn told(&self, arguments: &[&str]) -> String {
        let home = path(&self.home());
        text(&bithive(&self.arguments(&home, arguments)).output().unwrap())
    }

    pub fn advance(&self, seconds: u64) {
        self.json(&["chain", "advance", "--seconds", &seconds.to_string()]);
    }

    /// Each command is refused with words that name what was wrong, and none moves anything.
    pub fn all_refused(&self, cases: &[(&str, &str)]) {
        let state = || (self.run("chain status"), self.run("wallet list"));
        let before = state();
        for (text, named) in cases {
            let error = self.refused(&text.split(' ').collect::<Vec<_>>());
            assert!(error.contains(named), "{text}\n  said: {error}\n  expected: {named}");
        }
        assert_eq!(state(), before, "a refused command moved something");
    }

    /// Address of a contract.
    pub fn contract(&self, name: &str) -> String {
        let file = std::fs::read(self.home().join("deployment.json")).unwrap();
        let deployment: Value = serde_json::from_slice(&file).unwrap();
        deployment["contracts"][name].as_str().unwrap().to_owned()
    }

    /// Posts a job over the first rows of the built-in data.
    pub fn post(&self) -> u64 {
        let arguments = [
            "job", "post", "--from", "alice", "--policy", POLICY, "--price", "20", "--row", "0", "--row", "1",
        ];
        self.json(&arguments)["job_id"].as_u64().unwrap()
    }

    pub fn phase(&self, job_id: u64) -> String {
        self.json(&["job", "status", &job_id.to_string()])["phase"].as_str().unwrap().to_owned()
    }

    /// A file in the network's own temporary folder.
    pub fn file(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let file = self.folder.path().join(name);
        std::fs::write(&file, content).unwrap();
        path(&file)
    }
}

pub fn path(path: &Path) -> String {
    path.to_str().unwrap().to_owned()
}
