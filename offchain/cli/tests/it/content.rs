//! Contents whose keys a committee releases, and the ceremony of such a committee's key, as users have them.

use std::os::unix::fs::PermissionsExt as _;

use serde_json::Value;

use crate::common::{Network, json, path, refused};

const SCAN: &[u8] = b"a scan of somebody's chest";

struct World {
    network: Network,
    folder: tempfile::TempDir,
    /// Address of the author, who has a wallet.
    patient: String,
    /// Addresses of two requesters.
    alice: String,
    bob: String,
}

impl World {
    fn new() -> Self {
        let network = Network::with_nodes(0);
        network.json(&["wallet", "new", "patient"]);
        network.json(&["wallet", "fund", "patient", "--amount", "1"]);
        network.json(&["wallet", "new", "bob"]);
        network.json(&["wallet", "fund", "bob", "--amount", "1000"]);
        network.json(&["requester", "register", "bob"]);
        let address =
            |name: &str| network.json(&["wallet", "show", name])["address"].as_str().unwrap().to_owned();
        let [patient, alice, bob] = ["patient", "alice", "bob"].map(address);
        Self { network, folder: tempfile::tempdir().unwrap(), patient, alice, bob }
    }

    fn at(&self, name: &str) -> String {
        path(&self.folder.path().join(name))
    }

    /// Seals a file for the patient; the content, and the names of sealed file and registration.
    fn sealed(&self, more: &[&str]) -> (Value, String, String) {
        let (scan, sealed, registration) = (self.at("scan"), self.at("scan.sealed"), self.at("scan.json"));
        std::fs::write(&scan, SCAN).unwrap();
        let what = ["content", "seal", &scan, "--author", "patient", "--out", &sealed];
        let answer = self.network.json(&[&what[..], &["--registration", &registration], more].concat());
        (answer["content"].clone(), sealed, registration)
    }

    fn permit(&self, sealed: &str, reader: &str) -> Vec<String> {
        let words = ["content", "permit", sealed, "--reader", reader, "--purpose", "TREAT", "--days", "1"];
        words.map(str::to_owned).into()
    }

    /// What is wrong when a requester opens the sealed file.
    fn not_opened(&self, sealed: &str, who: &str) -> String {
        let out = self.at("not-opened");
        let error = self.network.refused(&["content", "open", sealed, "--out", &out, "--from", who]);
        assert_eq!(
            std::fs::read_dir(&self.folder)
                .unwrap()
                .filter(|entry| {
                    entry.as_ref().unwrap().file_name().to_str().unwrap().starts_with("not-opened")
                })
                .count(),
            0,
            "nothing is left of it"
        );
        error
    }

    fn standing(&self, code: i32, sealed: &str, reader: &str) -> String {
        let shown = self.network.ends_with(code, &["content", "show", sealed, "--reader", reader]);
        shown["standing"].as_str().unwrap().to_owned()
    }
}

fn words(owned: &[String]) -> Vec<&str> {
    owned.iter().map(String::as_str).collect()
}

#[test]
fn a_reader_gets_the_key_while_the_author_permits_it_and_nobody_else_does() {
    let world = World::new();
    let (network, (content, sealed, registration)) = (&world.network, world.sealed(&[]));
    assert!(!String::from_utf8_lossy(&std::fs::read(&sealed).unwrap()).contains("scan"));
    let error = world.not_opened(&sealed, "alice");
    assert!(error.contains("content register"), "{error}");
    let error = network.refused(&["content", "register", &registration, "--from", "alice"]);
    assert!(error.contains("is sealed for the author"), "{error}");
    let registered = network.json(&["content", "register", &registration, "--from", "patient"]);
    assert_eq!(registered["content"], content);
    let error = network.refused(&["content", "register", &registration, "--from", "patient"]);
    assert!(error.contains("registered already"), "{error}");
    // Nobody is permitted yet, the author neither.
    assert_eq!(world.standing(1, &sealed, &world.alice), "unknown");
    let error = world.not_opened(&sealed, "alice");
    assert!(error.contains("is unknown") && error.contains("content permit"), "{error}");
    let permit = world.permit(&sealed, &world.alice);
    let error = network.refused(&[&words(&permit)[..], &["--from", "bob"]].concat());
    assert!(error.contains("expected the author of the content"), "{error}");
    network.json(&[&words(&permit)[..], &["--from", "patient"]].concat());
    assert_eq!(world.standing(0, content.as_str().unwrap(), &world.alice), "live");
    let out = world.at("opened");
    let opened = network.json(&["content", "open", &sealed, "--out", &out, "--from", "alice"]);
    assert_eq!((&opened["author"], &opened["content"]), (&Value::from(world.patient.clone()), &content));
    assert_eq!(std::fs::read(&out).unwrap(), SCAN);
    assert_eq!(std::fs::metadata(&out).unwrap().permissions().mode() & 0o777, 0o600);
    let error = network.refused(&["content", "open", &sealed, "--out", &out, "--from", "alice"]);
    assert!(error.contains("exists already"), "{error}");
    let error = world.not_opened(&sealed, "bob");
    assert!(error.contains("is unknown"), "{error}");
    // What is revoked, and what is over.
    network.json(&["content", "revoke", &sealed, "--reader", &world.alice, "--from", "patient"]);
    let error = world.not_opened(&sealed, "alice");
    assert!(error.contains("is revoked"), "{error}");
    let permit = world.permit(&sealed, &world.bob);
    network.json(&[&words(&permit)[..], &["--from", "patient"]].concat());
    network.advance(86_400);
    let error = world.not_opened(&sealed, "bob");
    assert!(error.contains("is expired"), "{error}");
    let shown = network.json(&["content", "show", &sealed]);
    let permits = shown["permits"].as_array().unwrap();
    let mut standings: Vec<_> = permits.iter().map(|permit| permit["standing"].as_str().unwrap()).collect();
    standings.sort_unstable();
    assert_eq!((standings, &shown["complete"]), (vec!["expired", "revoked"], &Value::Bool(true)));
    // A file that was changed is another content.
    let changed = [&std::fs::read(&sealed).unwrap()[..], &[0]].concat();
    std::fs::write(&sealed, changed).unwrap();
    let error = world.not_opened(&sealed, "alice");
    assert!(error.contains("is not registered"), "{error}");
}

#[test]
fn a_granter_permits_readers_for_the_author() {
    let world = World::new();
    let (network, (_, sealed, registration)) = (&world.network, world.sealed(&[]));
    let register = ["content", "register", &registration, "--from", "patient", "--granter", &world.bob];
    network.json(&register);
    let permit = world.permit(&sealed, &world.alice);
    network.json(&[&words(&permit)[..], &["--from", "bob"]].concat());
    let out = world.at("opened");
    network.json(&["content", "open", &sealed, "--out", &out, "--from", "alice"]);
    assert_eq!(std::fs::read(&out).unwrap(), SCAN);
    network.json(&["content", "revoke", &sealed, "--reader", &world.alice, "--from", "patient"]);
    let error = network.refused(&[&words(&permit)[..], &["--from", "bob"]].concat());
    assert!(error.contains("only the author permits it again"), "{error}");
}

/// Three members make a key, each with a password of its own; the public file of each.
fn ceremony(world: &World) -> Vec<String> {
    let names = ["anna", "ben", "cleo"];
    let file = |name: &str, what: &str| world.at(&format!("{name}.{what}"));
    let password = world.at("password");
    std::fs::write(&password, "a password of a member\n").unwrap();
    std::fs::set_permissions(&password, std::fs::Permissions::from_mode(0o600)).unwrap();
    let all = |what: &str| names.map(|name| file(name, what)).to_vec();
    for (name, digit) in names.iter().zip(1..) {
        // Public keys of Ed25519 that exist.
        let seed = [digit; 32];
        let endpoint = bithive_exchange::EndpointKey::from_bytes(&seed).id().to_string();
        let (key, card) = (file(name, "key"), file(name, "card"));
        let join = ["ceremony", "release", "join", "--endpoint", &endpoint, "--key", &key, "--out", &card];
        json(&[&join[..], &["--password-file", &password, "--kdf-memory", "8"]].concat());
    }
    let cards = all("card");
    let step = |name: &str, step: &str, more: &[&str]| {
        let (key, cards) = (file(name, "key"), words(&cards));
        let start = ["ceremony", "release", step, "--key", &key, "--threshold", "2"];
        let password = ["--password-file", &password];
        json(&[&start[..], &password, &["--cards"], &cards, more].concat())
    };
    for name in names {
        step(name, "deal", &["--out", &file(name, "deal")]);
    }
    let deals = all("deal");
    let mut ids = vec![];
    for name in names {
        let (out, committee) = (file(name, "release"), file(name, "committee"));
        let more = [&["--deals"], &words(&deals)[..], &["--out", &out, "--committee", &committee]].concat();
        ids.push(step(name, "finish", &more)["id"].clone());
    }
    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    let shown = json(&["ceremony", "release", "show", &file("ben", "committee")]);
    assert_eq!((&shown["id"], &shown["threshold"]), (&ids[0], &Value::from(2)));
    assert_eq!(shown["members"].as_array().unwrap().len(), 3);
    // With the deal of one missing nobody has a key.
    let (key, out, other) = (file("anna", "key"), world.at("no.release"), world.at("no.committee"));
    let start =
        ["ceremony", "release", "finish", "--key", &key, "--threshold", "2", "--password-file", &password];
    let files = ["--out", &out, "--committee", &other, "--deals", &deals[0], &deals[1], "--cards"];
    let error = refused(&[&start[..], &files, &words(&cards)].concat());
    assert!(error.contains("expected one"), "{error}");
    assert!(!std::path::Path::new(&out).exists());
    all("committee")
}

#[test]
fn members_make_one_key_and_those_who_have_no_share_of_it_release_nothing() {
    let world = World::new();
    let committees = ceremony(&world);
    let bytes: Vec<_> = committees.iter().map(|file| std::fs::read(file).unwrap()).collect();
    assert!(bytes.iter().all(|one| *one == bytes[0]));
    let (network, (_, sealed, registration)) =
        (&world.network, world.sealed(&["--committee", &committees[0]]));
    network.json(&["content", "register", &registration, "--from", "patient"]);
    let permit = world.permit(&sealed, &world.alice);
    network.json(&[&words(&permit)[..], &["--from", "patient"]].concat());
    // The home's own committee is another one.
    let error = world.not_opened(&sealed, "alice");
    assert!(error.contains("wrapped for another committee"), "{error}");
    let out = world.at("not-opened");
    let open = ["content", "open", &sealed, "--out", &out, "--from", "alice", "--committee", &committees[0]];
    let error = network.refused(&open);
    assert!(error.contains("0 members have answered validly, expected 2"), "{error}");
}
