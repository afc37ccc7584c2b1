//! People at a gateway by command: a login in a browser, and by which words the audit log knows whom.

#[allow(dead_code, reason = "the gateway's own tests use more of it")]
#[path = "../../../parties/gateway/src/tests/provider.rs"]
mod provider;

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, ChildStderr, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;

use self::provider::{Provider, Signer};
use crate::common::{bithive, json as run, path, refused};
use crate::gateway::{ask, start, store};

const PERSON: &str = "jane.doe@hospital.example";

/// An issuer, and the folder of somebody who signs in there.
struct House {
    runtime: tokio::runtime::Runtime,
    provider: Provider,
    signer: Signer,
    folder: TempDir,
}

/// A login that waits for its person.
struct Waiting {
    process: Child,
    said: BufReader<ChildStderr>,
    url: String,
}

impl House {
    fn new() -> Self {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let (provider, signer) = (runtime.block_on(Provider::start()), Signer::p256());
        provider.has(vec![signer.jwk("one")]);
        Self { runtime, provider, signer, folder: tempfile::tempdir().unwrap() }
    }

    fn file(&self, name: &str) -> String {
        path(&self.folder.path().join(name))
    }

    fn login(&self) -> Waiting {
        let out = self.file("token");
        let arguments = [
            "gateway",
            "login",
            "--issuer",
            &self.provider.issuer,
            "--client",
            "hive",
            "--out",
            &out,
            "--json",
        ];
        let mut process = bithive(&arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut said = BufReader::new(process.stderr.take().unwrap());
        let mut url = String::new();
        while !url.starts_with("http") {
            url.clear();
            assert!(said.read_line(&mut url).unwrap() > 0, "it says where to sign in");
        }
        Waiting { process, said, url: url.trim().to_owned() }
    }
}

impl Waiting {
    /// What the browser comes back with; the status of the answer.
    fn comes_back(&self, redirect: &str, query: &str) -> u16 {
        let (host, place) = redirect.strip_prefix("http://").unwrap().split_once('/').unwrap();
        let mut stream = TcpStream::connect(host).unwrap();
        write!(stream, "GET /{place}?{query} HTTP/1.0\r\nHost: {host}\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer.split(' ').nth(1).unwrap().parse().unwrap()
    }

    /// Exit code, standard output, and what else it said.
    fn ends(mut self) -> (Option<i32>, String, String) {
        let mut said = String::new();
        self.said.read_to_string(&mut said).unwrap();
        let output = self.process.wait_with_output().unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap(), said)
    }
}

/// The configuration of a gateway, with the people of an issuer if there is one.
fn configuration(house: &House, issuer: Option<&str>) -> String {
    let config = house.file("gateway.toml");
    run(&["gateway", "config", "--out", &config]);
    run(&["gateway", "key", &house.file("spool.key")]);
    run(&["gateway", "token", &house.file("web.token")]);
    let written = std::fs::read_to_string(&config).unwrap();
    let ports = written.replace(":11112", ":0").replace(":8042", ":0").replace(":9470", ":0");
    let people = issuer.map_or_else(String::new, |issuer| {
        format!(
            "\n[web.oidc]\nissuer = \"{issuer}\"\nclient = \"hive\"\nclaim = \"realm_access.roles\"\n\
             [web.oidc.roles]\nradiologist = \"user/ImagingStudy.rs\"\n"
        )
    });
    std::fs::write(&config, format!("{ports}{people}")).unwrap();
    config
}

/// The option by which the log is asked, and its value.
fn pseudonym(config: &str, whose: &[&str]) -> (String, String) {
    let shown = run(&[&["gateway", "pseudonym", "--config", config], whose].concat());
    let text = |name: &str| shown[name].as_str().unwrap().to_owned();
    (text("option"), text("pseudonym"))
}

/// Acts of the log about somebody or something.
fn acts(config: &str, (option, whose): &(String, String)) -> Vec<String> {
    let shown = run(&["audit", "show", "--config", config, option, whose]);
    let entries = shown["entries"].as_array().unwrap().iter();
    entries.map(|entry| format!("{} {}", entry["act"], entry["outcome"]).replace('"', "")).collect()
}

#[test]
fn somebody_signs_in_by_a_browser_is_admitted_and_found_in_the_log_by_their_pseudonym() {
    let house = House::new();
    let waiting = house.login();
    let (code, asked) = house.provider.sign_in(&waiting.url, &house.signer, &json!({}));
    assert!(!asked.contains_key("code_verifier"), "what proves the login is not in the address");
    let redirect = &asked["redirect_uri"];
    assert_eq!(waiting.comes_back(redirect, &format!("code={code}&state={}", asked["state"])), 200);
    let (status, shown, said) = waiting.ends();
    assert_eq!(status, Some(0), "{said}");
    let token = std::fs::read_to_string(house.file("token")).unwrap();
    let shown: Value = serde_json::from_str(&shown).unwrap();
    assert_eq!(shown["file"], house.file("token"));
    assert!(shown["ends"].as_str().unwrap().ends_with('Z'), "{shown}");
    for secret in [token.trim(), &code] {
        assert!(!shown.to_string().contains(secret) && !said.contains(secret), "it is in the file alone");
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(Path::new(&house.file("token"))).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    let config = configuration(&house, Some(&house.provider.issuer));
    let (mut process, address) = start(&config);
    let studies = "GET /dicom-web/studies HTTP/1.0";
    assert_eq!(ask(address, token.trim(), studies, b"").unwrap().0, 204);
    let machine = std::fs::read_to_string(house.file("web.token")).unwrap();
    assert_eq!(store(address, machine.trim(), 1), Some(200));
    assert_eq!(ask(address, token.trim(), studies, b"").unwrap().0, 200);
    drop(process.stdin.take());
    assert!(process.wait().unwrap().success());

    let person = pseudonym(&config, &["--person", PERSON]);
    assert_eq!(person.0, "--actor");
    let theirs: Vec<String> =
        acts(&config, &person).into_iter().filter(|act| act.starts_with("opened")).collect();
    assert_eq!(theirs, ["opened success", "opened success"]);
    let nobody = pseudonym(&config, &["--person", "john.doe@hospital.example"]);
    assert_eq!(acts(&config, &nobody), [] as [String; 0]);
    let received = ["received begun", "received success"];
    let study = pseudonym(&config, &["--study", "1.2.3.4"]);
    assert_eq!(study.0, "--object");
    assert!(acts(&config, &study).starts_with(&received.map(String::from)), "{:?}", acts(&config, &study));
    let patient = pseudonym(&config, &["--patient", "P-1"]);
    assert_eq!(patient.0, "--subject");
    assert!(acts(&config, &patient).starts_with(&received.map(String::from)));
    let elsewhere = pseudonym(&config, &["--patient", "P-1", "--patient-issuer", "other"]);
    assert_eq!(acts(&config, &elsewhere), [] as [String; 0], "the number of another house");
    assert_eq!(pseudonym(&config, &["--document", "Patient/p1"]).0, "--object");
    let log =
        std::fs::read_to_string(house.folder.path().join("audit/entries-00000000000000000001.log")).unwrap();
    for name in [PERSON, "P-1", "1.2.3.4"] {
        assert!(!log.contains(name), "{name} is in the log");
    }
    drop(house.runtime);
}

#[test]
fn a_login_that_is_not_permitted_ends_with_the_reason_and_leaves_the_token_that_was_there() {
    let house = House::new();
    std::fs::write(house.file("token"), "earlier").unwrap();
    let waiting = house.login();
    let (code, asked) = house.provider.sign_in(&waiting.url, &house.signer, &json!({}));
    let redirect = &asked["redirect_uri"];
    assert_eq!(waiting.comes_back(redirect, &format!("code={code}&state=another")), 400, "of another page");
    let refusal = format!("error=access_denied&state={}", asked["state"]);
    assert_eq!(waiting.comes_back(redirect, &refusal), 200);
    let (status, shown, said) = waiting.ends();
    assert_eq!(status, Some(2), "{said}");
    let error: Value = serde_json::from_str(&shown).unwrap();
    assert_eq!(error["error"], "the issuer says \"access_denied\"");
    // The answer to a login that somebody else has begun.
    let waiting = house.login();
    let (code, asked) = house.provider.sign_in(&waiting.url, &house.signer, &json!({ "nonce": "other" }));
    let back = format!("code={code}&state={}", asked["state"]);
    assert_eq!(waiting.comes_back(&asked["redirect_uri"], &back), 200);
    let (status, shown, said) = waiting.ends();
    assert_eq!(status, Some(2), "{said}");
    assert!(shown.contains("nonce") && !format!("{shown}{said}").contains(&code), "{shown}");
    assert_eq!(std::fs::read_to_string(house.file("token")).unwrap(), "earlier");
}

#[test]
fn a_login_takes_no_secret_as_an_argument_and_says_what_is_wrong_with_an_issuer() {
    let house = House::new();
    let (issuer, out) = (house.provider.issuer.as_str(), house.file("token"));
    let login = |issuer: &str, more: &[&str]| {
        refused(&[&["gateway", "login", "--issuer", issuer, "--out", &out], more].concat())
    };
    for option in ["--password", "--secret", "--token", "--code", "--client-secret"] {
        let error = login(issuer, &[option, "secret"]);
        assert!(error.contains(&format!("unexpected argument '{option}'")), "{error}");
    }
    for (issuer, words) in [
        ("http://login.hospital.example", "expected https://, or http:// on this machine"),
        ("http://127.0.0.1:9", "the issuer: http://127.0.0.1:9"),
        (&format!("{issuer}/"), "letter by letter"),
    ] {
        let error = login(issuer, &[]);
        assert!(error.contains(words), "{issuer}: {error}");
    }
    let error = login(issuer, &["--authorities", &house.file("none.pem")]);
    assert!(error.contains("none.pem"), "{error}");
    assert!(!Path::new(&out).exists());
}

#[test]
fn a_pseudonym_is_of_one_thing_and_needs_a_log_and_for_people_an_issuer() {
    let house = House::new();
    let config = configuration(&house, None);
    let of = |whose: &[&str]| refused(&[&["gateway", "pseudonym", "--config", &config], whose].concat());
    let error = of(&[]);
    assert!(error.contains("--person") && error.contains("--document"), "{error}");
    let error = of(&["--study", "1.2.3", "--document", "Patient/p1"]);
    assert!(error.contains("cannot be used with"), "{error}");
    let error = of(&["--patient-issuer", "x", "--study", "1.2.3"]);
    assert!(error.contains("'--patient-issuer <ISSUER>' cannot be used with"), "{error}");
    let study = pseudonym(&config, &["--study", "1.2.3"]);
    assert_eq!(pseudonym(&config, &["--study", "1.2.3"]), study);
    assert_ne!(pseudonym(&config, &["--study", "1.2.4"]), study);
    // Another log has another salt: pseudonyms of two gateways can't be joined.
    std::fs::rename(house.file("audit"), house.file("audit-before")).unwrap();
    assert_ne!(pseudonym(&config, &["--study", "1.2.3"]), study);
    let error = of(&["--person", PERSON]);
    assert!(error.contains("[web.oidc] is missing"), "{error}");
    let written = std::fs::read_to_string(&config).unwrap();
    std::fs::write(&config, written.replace("enabled = true", "enabled = false")).unwrap();
    let error = of(&["--study", "1.2.3"]);
    assert!(error.contains("[audit] is not enabled"), "{error}");
}
