//! A gateway by command: its configuration, and what is there after it was killed at any moment.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Stdio};
use std::time::Duration;

use serde_json::Value;

use crate::common::{bithive, json, path, refused, text};

/// A data element in explicit VR little-endian with a short length.
fn element(group: u16, number: u16, vr: &str, value: &str) -> Vec<u8> {
    let mut value = value.as_bytes().to_vec();
    if value.len() % 2 == 1 {
        value.push(if vr == "UI" { 0 } else { b' ' });
    }
    let mut bytes = [group.to_le_bytes(), number.to_le_bytes()].concat();
    bytes.extend_from_slice(vr.as_bytes());
    bytes.extend_from_slice(&u16::try_from(value.len()).unwrap().to_le_bytes());
    bytes.extend_from_slice(&value);
    bytes
}

/// A file with an object of secondary capture without pixels.
fn object(number: usize) -> Vec<u8> {
    let (class, instance) = ("1.2.840.10008.5.1.4.1.1.7", format!("1.2.3.4.{number}"));
    let mut bytes = vec![0; 128];
    bytes.extend_from_slice(b"DICM");
    for (element_number, value) in [(2, class), (3, &instance), (0x10, "1.2.840.10008.1.2.1")] {
        bytes.extend_from_slice(&element(2, element_number, "UI", value));
    }
    for (group, number, vr, value) in [
        (8, 0x16, "UI", class),
        (8, 0x18, "UI", &instance),
        (8, 0x60, "CS", "OT"),
        (0x10, 0x20, "LO", "P-1"),
        (0x20, 0xD, "UI", "1.2.3.4"),
        (0x20, 0xE, "UI", "1.2.3.4.0"),
    ] {
        bytes.extend_from_slice(&element(group, number, vr, value));
    }
    bytes
}

/// A request of HTTP/1.0; none when the gateway is gone before it has answered.
pub(crate) fn ask(address: SocketAddr, token: &str, head: &str, body: &[u8]) -> Option<(u16, Vec<u8>)> {
    let mut stream = TcpStream::connect(address).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    let head = format!(
        "{head}\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).ok()?;
    stream.write_all(body).ok()?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).ok()?;
    let end = answer.windows(4).position(|window| window == b"\r\n\r\n")?;
    let status = String::from_utf8_lossy(&answer[..end]).split(' ').nth(1)?.parse().ok()?;
    Some((status, answer[end + 4..].to_vec()))
}

pub(crate) fn store(address: SocketAddr, token: &str, number: usize) -> Option<u16> {
    let head = b"--b\r\nContent-Type: application/dicom\r\n\r\n";
    let body = [&head[..], &object(number), b"\r\n--b--"].concat();
    let kind = "multipart/related; type=\"application/dicom\"; boundary=b";
    let head = format!("POST /dicom-web/studies HTTP/1.0\r\nContent-Type: {kind}");
    ask(address, token, &head, &body).map(|(status, _)| status)
}

/// A gateway that runs, and where it serves DICOMweb.
pub(crate) fn start(config: &str) -> (Child, SocketAddr) {
    let mut process = bithive(&["gateway", "run", "--config", config, "--stop-with-stdin"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let ready: Value = serde_json::from_str(&line).unwrap();
    assert_eq!((&ready["event"], &ready["role"]), (&"ready".into(), &"gateway".into()));
    (process, ready["listens_on"][1].as_str().unwrap().parse().unwrap())
}

#[test]
fn after_kills_at_any_moment_everything_that_was_answered_is_there_once() {
    const OBJECTS: usize = 300;
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| path(&folder.path().join(name));
    let config = file("gateway.toml");
    json(&["gateway", "config", "--out", &config]);
    json(&["gateway", "key", &file("spool.key")]);
    json(&["gateway", "token", &file("web.token")]);
    let written = std::fs::read_to_string(&config).unwrap();
    let ports = written.replace(":11112", ":0").replace(":8042", ":0").replace(":9470", ":0");
    std::fs::write(&config, ports).unwrap();
    assert_eq!(json(&["gateway", "check", "--config", &config])["ok"], true);
    let token = std::fs::read_to_string(file("web.token")).unwrap().trim().to_owned();

    let (mut process, mut address) = start(&config);
    let (mut next, mut kills) = (0, 0_u64);
    while next < OBJECTS {
        // A kill in the middle of what is sent, each time at another part of an object's way.
        let id = process.id();
        let killer = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(20 + 13 * kills));
            let killed = std::process::Command::new("kill").args(["-9", &id.to_string()]).status();
            assert!(killed.unwrap().success());
        });
        while next < OBJECTS {
            match store(address, &token, next) {
                Some(200) => next += 1,
                // It was killed: whatever was not answered is sent again.
                None => break,
                Some(other) => panic!("status {other}"),
            }
        }
        killer.join().unwrap();
        process.wait().unwrap();
        kills += 1;
        (process, address) = start(&config);
        let (status, body) =
            ask(address, &token, "GET /dicom-web/studies/1.2.3.4/instances HTTP/1.0", b"").unwrap();
        let found =
            if status == 204 { 0 } else { serde_json::from_slice::<Vec<Value>>(&body).unwrap().len() };
        // One more may be there: it was stored, and its sender was not told.
        assert!((next..=next + 1).contains(&found), "{found} objects after {next} were answered");
    }
    assert!(kills > 1, "{kills}");
    for number in 0..OBJECTS {
        assert_eq!(store(address, &token, number), Some(200), "again");
    }
    let answer = ask(address, &token, "GET /dicom-web/studies/1.2.3.4/instances HTTP/1.0", b"").unwrap();
    assert_eq!(serde_json::from_slice::<Vec<Value>>(&answer.1).unwrap().len(), OBJECTS, "each once");
    let error = refused(&["gateway", "run", "--config", &config]);
    assert!(error.contains("in use by another process"), "{error}");
    let erase = ["gateway", "erase", "--config", &config, "--study", "1.2.3.4"];
    assert!(refused(&erase).contains("in use by another process"));
    drop(process.stdin.take());
    assert!(process.wait().unwrap().success());
    assert_eq!(json(&erase)["removed"], OBJECTS);
    assert_eq!(bithive(&erase).output().unwrap().status.code(), Some(1), "it is gone");
    assert!(refused(&["gateway", "erase", "--config", &config, "--study", "1.x"]).contains("expected a UID"));
}

#[test]
fn what_is_wrong_with_a_configuration_is_said_with_what_helps() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| path(&folder.path().join(name));
    let config = file("gateway.toml");
    let told = text(&bithive(&["gateway", "config"]).output().unwrap());
    std::fs::write(&config, &told).unwrap();
    let error = refused(&["gateway", "check", "--config", &config]);
    assert!(error.contains("spool.key is not there; `bithive gateway key FILE` makes it"), "{error}");
    json(&["gateway", "key", &file("spool.key")]);
    let error = refused(&["gateway", "key", &file("spool.key")]);
    assert!(error.contains("spool.key"), "{error}");
    let error = refused(&["gateway", "run", "--config", &config]);
    assert!(error.contains("`bithive gateway token FILE` makes it"), "{error}");
    std::fs::write(file("web.token"), "short").unwrap();
    std::fs::write(&config, told.replace("idle = \"60s\"", "idle = \"soon\"")).unwrap();
    let error = refused(&["gateway", "check", "--config", &config]);
    assert!(error.contains("dicom.idle") && error.contains("30s"), "{error}");
    let error = refused(&["gateway", "config", "--out", &config]);
    assert!(error.contains("choose another name"), "{error}");
    std::fs::write(&config, told.replace("127.0.0.1:9470", "127.0.0.1:1")).unwrap();
    let output = bithive(&["gateway", "status", "--config", &config, "--json"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(serde_json::from_slice::<Value>(&output.stdout).unwrap()["running"], false);
}

/// A configuration with a rule, and what a rule names.
fn ruled(folder: &std::path::Path) -> String {
    let file = |name: &str| path(&folder.join(name));
    json(&["gateway", "key", &file("spool.key")]);
    json(&["gateway", "token", &file("web.token")]);
    json(&["dicom", "key", &file("deid.key")]);
    json(&["config", "init", "requester", "--out", &file("requester.toml")]);
    std::fs::write(file("requester.password"), "a password of a requester").unwrap();
    let models = concat!(env!("CARGO_MANIFEST_DIR"), "/../../models");
    let told = text(&bithive(&["gateway", "config"]).output().unwrap());
    format!(
        "{told}\n[jobs]\nrequester = \"requester.toml\"\npassword = \"requester.password\"\ndeid_key = \"deid.key\"\n\
         [[rule]]\nname = \"ct\"\nmodality = [\"CT\"]\nquiet = \"2m\"\nmodel = \"{models}/phantoms.onnx\"\n\
         manifest = \"{models}/phantoms.json\"\npolicy = \"vram >= 16\"\nprice = \"5\"\nmost_price_per_job = \"15\"\n\
         most_price_per_day = \"300\"\nsend = [\"pacs\"]\n\
         [[pacs]]\nname = \"pacs\"\naddress = \"127.0.0.1:104\"\ncalled = \"PACS\"\ncalling = \"BITHIVE\"\n"
    )
}

#[test]
fn what_is_wrong_with_a_rule_is_said_with_what_helps() {
    let folder = tempfile::tempdir().unwrap();
    let config = path(&folder.path().join("gateway.toml"));
    let good = ruled(folder.path());
    std::fs::write(&config, &good).unwrap();
    assert_eq!(json(&["gateway", "check", "--config", &config])["ok"], true);
    for (from, to, said) in [
        ("[\"CT\"]", "[\"ct\"]", "rule.modality"),
        ("quiet = \"2m\"", "quiet = \"0s\"", "1s to 1day"),
        ("phantoms.json", "digits.json", "name the manifest of that model"),
        ("phantoms.onnx", "none.onnx", "rule.model"),
        ("phantoms.onnx", "wdbc.onnx", "name one that reads images"),
        ("vram >= 16", "vram >= many", "rule ct: policy"),
        ("price = \"5\"", "price = \"five\"", "expected an amount of BTT"),
        ("most_price_per_job = \"15\"", "most_price_per_job = \"14\"", "3 workers at a price of"),
        ("send = [\"pacs\"]", "send = [\"else\"]", "the name of a [[pacs]] or [[ehr]]"),
        ("127.0.0.1:104", "127.0.0.1", "host and port"),
        ("called = \"PACS\"", "called = \"\"", "pacs.called"),
        (
            "calling = \"BITHIVE\"",
            "calling = \"BITHIVE\"\n[pacs.tls]\nauthorities = \"none.pem\"",
            "pacs.tls.authorities",
        ),
        (
            "calling = \"BITHIVE\"",
            "calling = \"BITHIVE\"\ntls = { authorities = \"deid.key\", certificates = \"deid.key\" }",
            "the key of pacs.tls.certificates",
        ),
        ("name = \"ct\"", "name = \"CT 1\"", "rule.name"),
        ("name = \"ct\"", "name = \"ct\"\nclasses = [\"1.2.3\"]", "a storage SOP class"),
        ("name = \"ct\"", "name = \"ct\"\nworkers = 1\nquorum = 2", "--quorum"),
        ("name = \"ct\"", "name = \"ct\"\nkeep = { uids = true }", "rule.keep.uids"),
        ("name = \"ct\"", "name = \"ct\"\nboxes = \"boxes.json\"", "rule.boxes"),
        ("deid_key = \"deid.key\"", "deid_key = \"no.key\"", "`bithive dicom key FILE` makes it"),
        (
            "send = [\"pacs\"]",
            "[rule.consent]\npurpose = \"TREAT\"\nissuers = []\nreceipts = \".\"",
            "without one, no consent counts",
        ),
        (
            "[[pacs]]",
            "[[ehr]]\nname = \"ehr\"\nurl = \"http://ehr.example/fhir\"\n[[pacs]]",
            "https://..., or http:// on this machine",
        ),
    ] {
        assert!(good.contains(from), "{from}");
        let at = good.rfind(from).unwrap();
        let changed = format!("{}{to}{}", &good[..at], &good[at + from.len()..]);
        std::fs::write(&config, changed).unwrap();
        let error = refused(&["gateway", "check", "--config", &config]);
        assert!(error.contains(said), "{to}: {error}");
    }
    let jobs = good.rfind("[jobs]").unwrap();
    let rule = good.rfind("[[rule]]").unwrap();
    std::fs::write(&config, format!("{}{}", &good[..jobs], &good[rule..])).unwrap();
    let error = refused(&["gateway", "check", "--config", &config]);
    assert!(error.contains("a part [jobs] that says who posts jobs"), "{error}");
}

#[test]
fn studies_and_outbox_are_listed_with_the_key_alone() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| path(&folder.path().join(name));
    let config = file("gateway.toml");
    let written = ruled(folder.path()).replace(":11112", ":0").replace(":8042", ":0").replace(":9470", ":0");
    std::fs::write(&config, &written).unwrap();
    // Keys that are not there are said before anything is taken.
    let error = refused(&["gateway", "run", "--config", &config]);
    assert!(error.contains("jobs.requester"), "{error}");
    std::fs::write(&config, &written[..written.rfind("[jobs]").unwrap()]).unwrap();
    let (mut process, address) = start(&config);
    let token = std::fs::read_to_string(file("web.token")).unwrap().trim().to_owned();
    assert_eq!(store(address, &token, 1), Some(200));
    assert_eq!(json(&["gateway", "studies", "--config", &config]), serde_json::json!([]), "no rules");
    assert_eq!(json(&["gateway", "outbox", "--config", &config])["sent"], 0);
    let again = ["gateway", "again", "--config", &config, "--study", "1.2.3.4"];
    assert!(refused(&again).contains("in use by another process"));
    drop(process.stdin.take());
    assert!(process.wait().unwrap().success());
    assert_eq!(bithive(&again).output().unwrap().status.code(), Some(1), "it has not ended");
    std::fs::remove_file(file("spool.key")).unwrap();
    json(&["gateway", "key", &file("spool.key")]);
    let error = refused(&["gateway", "studies", "--config", &config]);
    assert!(error.contains("begun with another key"), "{error}");
}
