//! `bithive setup`, `deployment export`, `wallet fund` and `committee name`: a network by hand, on a chain that is served.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json as document};

use crate::common::{bithive, json, path, refused};
use crate::page::Page;

/// A home whose chain is served, until it is dropped.
pub struct Served {
    folder: tempfile::TempDir,
    server: Child,
    pub url: String,
}

impl Served {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let home = path(&folder.path().join("home"));
        json(&["--home", &home, "chain", "init", "--slots", "8"]);
        let mut server = bithive(&["--home", &home, "--json", "chain", "serve", "--every-ms", "50"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut text = String::new();
        let mut lines = BufReader::new(server.stdout.as_mut().unwrap());
        let answer: Value = loop {
            assert!(lines.read_line(&mut text).unwrap() > 0, "the server ended: {text}");
            if let Ok(answer) = serde_json::from_str(&text) {
                break answer;
            }
        };
        Self { folder, server, url: answer["url"].as_str().unwrap().to_owned() }
    }

    /// Number of the server's process.
    pub fn process(&self) -> u32 {
        self.server.id()
    }

    pub fn file(&self, name: &str) -> String {
        path(&self.folder.path().join(name))
    }

    pub fn json(&self, arguments: &[&str]) -> Value {
        json(&[&["--home", &self.file("home")], arguments].concat())
    }

    /// The file of the network.
    pub fn network(&self) -> String {
        let file = self.file("hive.network");
        if !Path::new(&file).exists() {
            let relay = "https://relay.example:3340";
            let exported = self.json(&["deployment", "export", "--out", &file, "--relay", relay]);
            assert_eq!(exported["rpc"], document!([self.url]));
        }
        file
    }

    /// Arguments that set up a party called `name`.
    fn setup<'a>(&'a self, role: &'a str, files: &'a [String; 3]) -> Vec<&'a str> {
        let [folder, password, words] = files;
        vec!["setup", role, "--yes", "--dir", folder, "--password-file", password, "--words-out", words]
    }

    fn files(&self, name: &str) -> [String; 3] {
        [name.to_owned(), format!("{name}.password"), format!("{name}.words")].map(|name| self.file(&name))
    }

    /// Sets up a party with the file of the network.
    pub fn party(&self, role: &str, name: &str) -> (Value, [String; 3]) {
        let (files, network) = (self.files(name), self.network());
        let answer = json(&[&self.setup(role, &files)[..], &["--network", &network]].concat());
        (answer, files)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text"))
}

#[test]
fn every_role_is_set_up_from_one_file_and_a_node_and_a_requester_join() {
    let chain = Served::new();
    for role in ["relay", "relayer", "committee", "meter", "oracle"] {
        let (answer, _) = chain.party(role, role);
        let config = text(&answer["config"]);
        let checked = json(&["config", "validate", config]);
        assert_eq!(checked["role"], role);
    }
    let (node, [_, password, _]) = chain.party("node", "node");
    let config = text(&node["config"]);
    let missing = refused(&["config", "validate", config]);
    assert!(missing.contains("node.pub is not there: `bithive node join` makes it"), "{missing}");
    assert!(!missing.contains("crs.bin"), "the rest is there: {missing}");
    let attributes = ["--set", "vram=24", "--set", "region=eu", "--set", "certifications=gdpr"];
    let join =
        [&["node", "join", "--config", config, "--password-file", &password, "--ask", "11"][..], &attributes]
            .concat();
    let poor = refused(&join);
    assert!(poor.contains("wallet fund"), "who has no coins is told what gives some: {poor}");
    let address = text(&node["address"]);
    let fund = ["wallet", "fund", address, "--amount", "1000", "--chain", &chain.url];
    assert_eq!(chain.json(&fund)["balance"], 1_000_000_000);
    assert_eq!(json(&join)["address"], address);
    assert_eq!(json(&["config", "validate", config])["role"], "node");

    let (requester, [_, password, _]) = chain.party("requester", "requester");
    let address = text(&requester["address"]);
    chain.json(&["wallet", "fund", address, "--amount", "100", "--chain", &chain.url]);
    let config = text(&requester["config"]);
    let joined = json(&["requester", "join", "--config", config, "--password-file", &password]);
    assert_eq!(joined["address"], address);

    // It can audit the node's key, with its configuration in place of a home folder.
    let key = Path::new(text(&node["config"])).with_file_name("node.pub");
    let audit = ["node", "audit", text(&node["address"]), "--config", config, "--password-file", &password];
    let audit = [&audit[..], &["--file", key.to_str().unwrap()]].concat();
    let findings = json(&audit);
    assert_eq!((&findings[0]["address"], text(&findings[0]["verdict"])), (&node["address"], "sound"));
    let both = refused(&[&audit[..], &["--dispute", "--from", "alice"]].concat());
    assert!(both.contains("--config"), "one account pays: {both}");
}

#[test]
fn setup_goes_on_where_it_stopped_and_never_replaces_a_file() {
    let chain = Served::new();
    let (first, [folder, password, words]) = chain.party("relayer", "one");
    let keystore = PathBuf::from(&folder).join("relayer.json");
    let kept = [keystore.clone(), words.clone().into(), password.clone().into()]
        .map(|file| std::fs::read(file).unwrap());
    std::fs::remove_file(PathBuf::from(&folder).join("relayer.toml")).unwrap();
    let (again, _) = chain.party("relayer", "one");
    assert_eq!(again["address"], first["address"]);
    let made = again["files"].as_array().unwrap().iter().filter(|file| file["kept"] == false).count();
    assert_eq!(made, 1, "the configuration alone: {again}");
    let now = [keystore, words.into(), password.into()].map(|file| std::fs::read(file).unwrap());
    assert_eq!(now, kept);

    let deployment = PathBuf::from(&folder).join("deployment.json");
    let other = std::fs::read_to_string(&deployment).unwrap().replace("chain_id", "chain-id");
    std::fs::write(&deployment, other).unwrap();
    let (files, network) = (chain.files("one"), chain.network());
    let error = refused(&[&chain.setup("relayer", &files)[..], &["--network", &network]].concat());
    assert!(error.contains("is of another network"), "{error}");
}

#[test]
fn one_contract_is_enough_and_its_neighbours_have_to_agree() {
    let chain = Served::new();
    let network: Value = serde_json::from_slice(&std::fs::read(chain.network()).unwrap()).unwrap();
    let contracts = &network["deployment"]["contracts"];
    let crs = chain.file("home/crs.bin");
    for (name, contract) in [("by-jobs", "jobs"), ("by-registry", "registry")] {
        let files = chain.files(name);
        let at =
            ["--chain", &chain.url, "--contract", text(&contracts[contract]), "--reference-string", &crs];
        let answer = json(&[&chain.setup("requester", &files)[..], &at].concat());
        let written = std::fs::read(PathBuf::from(&files[0]).join("deployment.json")).unwrap();
        let written: Value = serde_json::from_slice(&written).unwrap();
        for known in ["jobs", "registry", "token", "models", "emissions", "btk"] {
            assert_eq!(written["contracts"][known], contracts[known], "{answer}");
        }
    }
    let files = chain.files("wrong");
    let token = ["--chain", &chain.url, "--contract", text(&contracts["token"]), "--reference-string", &crs];
    let error = refused(&[&chain.setup("requester", &files)[..], &token].concat());
    assert!(error.contains("neither a job market nor a registry"), "{error}");
    let without = ["--chain", &chain.url, "--contract", text(&contracts["jobs"])];
    let error = refused(&[&chain.setup("node", &files)[..], &without].concat());
    assert!(error.contains("--reference-string FILE"), "{error}");
    let error = refused(&chain.setup("node", &files));
    assert!(error.contains("--network FILE"), "{error}");
    assert!(!Path::new(&files[0]).exists(), "nothing is written before all of it fits together");
}

/// A web server that gives these bytes to whoever asks first; its URL.
fn serves(bytes: Vec<u8>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/reference-string", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut line = String::new();
        let mut request = BufReader::new(stream.try_clone().unwrap());
        while line != "\r\n" {
            line.clear();
            request.read_line(&mut line).unwrap();
        }
        // Its length is not said before; whoever has enough of it closes the connection.
        let _ = stream.write_all(&[b"HTTP/1.1 200 OK\r\n\r\n".to_vec(), bytes].concat());
    });
    url
}

#[test]
fn a_page_of_the_network_has_the_reference_string_and_any_other_than_the_registrys_is_refused() {
    let chain = Served::new();
    let network: Value = serde_json::from_slice(&std::fs::read(chain.network()).unwrap()).unwrap();
    let market = text(&network["deployment"]["contracts"]["jobs"]);
    let files = chain.files("by-url");
    let setup = |url: &str| {
        let at = ["--chain", &chain.url, "--contract", market, "--reference-string", url];
        let words = [&chain.setup("requester", &files)[..], &at].concat();
        words.into_iter().map(String::from).collect::<Vec<_>>()
    };
    let refuses = |url: &str, words: &str| {
        let error = refused(&setup(url).iter().map(String::as_str).collect::<Vec<_>>());
        assert!(error.contains(words), "{url}: {error}");
        assert!(!Path::new(&files[0]).exists(), "nothing is written");
    };
    let good = std::fs::read(chain.file("home/crs.bin")).unwrap();
    let mut other = good.clone();
    *other.last_mut().unwrap() ^= 1;
    refuses(&serves(other), "reference-string");
    // Eight slots of 288 bytes.
    refuses(&serves(vec![0; 1 << 22]), "it has more than 2304 bytes");
    refuses("http://127.0.0.1:1/reference-string", "127.0.0.1:1");
    refuses("ftp://127.0.0.1/reference-string", "expected a URL like");

    let page = Page::start(&["page", "--listen", "127.0.0.1:0", "--network", &chain.network()]);
    let at = page.url().trim_end_matches('/').to_owned();
    refuses(&format!("{at}/nowhere"), "HTTP status 404");
    json(&setup(&format!("{at}/reference-string")).iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(std::fs::read(PathBuf::from(&files[0]).join("crs.bin")).unwrap(), good);
    page.stop();
}

#[test]
fn a_file_with_false_contracts_or_another_reference_string_is_refused() {
    let chain = Served::new();
    let good: Value = serde_json::from_slice(&std::fs::read(chain.network()).unwrap()).unwrap();
    let refused_with = |change: &dyn Fn(&mut Value)| {
        let mut bad = good.clone();
        change(&mut bad);
        let file = chain.file("bad.network");
        std::fs::write(&file, bad.to_string()).unwrap();
        let files = chain.files("bad");
        let error = refused(&[&chain.setup("node", &files)[..], &["--network", &file]].concat());
        assert!(!Path::new(&files[0]).exists(), "nothing is written");
        error
    };
    let token = good["deployment"]["contracts"]["token"].clone();
    let registry = refused_with(&|bad| bad["deployment"]["contracts"]["registry"] = token.clone());
    assert!(registry.contains("the registry of the job market"), "{registry}");
    for contract in ["models", "emissions", "btk"] {
        let error = refused_with(&|bad| {
            bad["deployment"]["contracts"][contract] = good["deployment"]["contracts"]["jobs"].clone()
        });
        assert!(error.contains(&format!("the {contract} of the job market")), "{error}");
    }
    for (key, name) in [("treasury", "treasury"), ("incentive_pool", "incentive pool")] {
        let error = refused_with(&|bad| bad["deployment"][key] = token.clone());
        assert!(error.contains(&format!("the {name} of the job market")), "{error}");
    }
    let jobs = refused_with(&|bad| bad["deployment"]["contracts"]["jobs"] = token.clone());
    assert!(jobs.contains("neither a job market nor a registry"), "{jobs}");
    let chain_id = refused_with(&|bad| bad["deployment"]["chain_id"] = "another-1".into());
    assert!(chain_id.contains("another-1"), "{chain_id}");
    let string = refused_with(&|bad| bad["reference_string"] = "AQID".into());
    assert!(string.contains("bad.network"), "{string}");
    let rpc = refused_with(&|bad| bad["rpc"] = document!(["http://127.0.0.1:1"]));
    assert!(rpc.contains("name another one with --chain URL"), "{rpc}");
    let none = refused_with(&|bad| bad["rpc"] = document!([]));
    assert!(none.contains("expected --chain URL"), "{none}");
}

#[test]
fn the_owner_names_a_committee_whose_members_were_set_up() {
    let chain = Served::new();
    let members: Vec<_> = (1..=3)
        .map(|number| {
            let (member, _) = chain.party("committee", &format!("member-{number}"));
            format!("{}={}", text(&member["address"]), text(&member["endpoint"]))
        })
        .collect();
    let named: Vec<_> = members.iter().flat_map(|member| ["--member", member]).collect();
    let name = [&["committee", "name", "--chain", &chain.url][..], &named].concat();
    let answer = chain.json(&name);
    assert_eq!((&answer["threshold"], &answer["waits"]), (&document!(2), &document!([])), "{answer}");
    let twice =
        ["committee", "name", "--chain", &chain.url, "--member", &members[0], "--member", &members[0]];
    let home = chain.file("home");
    let error = refused(&[&["--home", &home], &twice[..]].concat());
    assert!(error.contains("named twice"), "{error}");
}

/// Runs a program at a terminal of its own, at which somebody types what comes on standard input.
const TERMINAL: &str = "
import os, pty, sys
process, terminal = pty.fork()
if process == 0:
    os.execv(sys.argv[1], sys.argv[1:])
os.write(terminal, sys.stdin.buffer.read())
shown = b''
while True:
    try:
        part = os.read(terminal, 4096)
    except OSError:
        break
    if not part:
        break
    shown += part
sys.stdout.buffer.write(shown)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]))
";

/// What is shown at a terminal, and the exit code.
fn at_terminal(arguments: &[&str], typed: &str) -> (String, Option<i32>) {
    let mut child = Command::new("python3")
        .args(["-c", TERMINAL, env!("CARGO_BIN_EXE_bithive")])
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(typed.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    (String::from_utf8_lossy(&output.stdout).into_owned(), output.status.code())
}

#[test]
fn what_the_command_line_does_not_say_is_asked_for_at_a_terminal() {
    let chain = Served::new();
    let network: Value = serde_json::from_slice(&std::fs::read(chain.network()).unwrap()).unwrap();
    let [folder, password, words] = chain.files("asked");
    let setup = ["setup", "committee", "--password-file", &password, "--words-out", &words];
    let market = text(&network["deployment"]["contracts"]["jobs"]);
    let (shown, code) = at_terminal(&setup, &format!("\n{market}\nno url\n{}\n{folder}\n", chain.url));
    assert_eq!(code, Some(0), "{shown}");
    for part in [
        "File of the network (enter: find it by the address of a contract): ",
        "Address of the job market or of the registry: ",
        "RPC server of the chain [http://127.0.0.1:26657]: ",
        "\"no url\": ",
        "Folder for the party's files [committee]: ",
        "What comes next:",
    ] {
        assert!(shown.contains(part), "expected {part:?}\n{shown}");
    }
    let config = path(&Path::new(&folder).join("committee.toml"));
    assert_eq!(json(&["config", "validate", &config])["role"], "committee");
    // Control and D: there is no more.
    let (shown, code) = at_terminal(&["setup", "relay"], "\u{4}");
    assert_eq!(code, Some(2), "{shown}");
    assert!(shown.contains("standard input ended before every question was answered"), "{shown}");
}
