//! Exports of BOINC projects, as a user reads them.

use std::path::Path;

use crate::common::{bithive, json, path, refused, text};
use serde_json::Value;

const ADDRESS: &str = "bithive1qqqsyqcyq5rqwzqfpg9scrgwpugpzysnnxn0va";

/// A folder with exports.
struct Exports(tempfile::TempDir);

impl Exports {
    fn new(address: &str) -> Self {
        let exports = Self(tempfile::tempdir().unwrap());
        let user = |id: u64, url: &str, total: &str| {
            format!(
                "<user><id>{id}</id><name>user {id}</name><url>{url}</url><total_credit>{total}</total_credit></user>\n"
            )
        };
        let users = [
            user(1, &format!("bithive:{address}"), "1000.5"),
            user(2, "", "5000.000001"),
            user(3, "http://page.example", "20"),
        ];
        exports.put("user.xml", &format!("<users>\n{}</users>\n", users.concat()));
        let host = |id: u64, user: u64, total: &str| {
            format!("<host><id>{id}</id><userid>{user}</userid><total_credit>{total}</total_credit></host>\n")
        };
        let hosts = |totals: [&str; 3]| {
            format!(
                "<hosts>\n{}{}{}</hosts>\n",
                host(7, 1, totals[0]),
                host(8, 1, totals[1]),
                host(9, 2, totals[2])
            )
        };
        exports.put("before.xml", &hosts(["100", "200", "300"]));
        exports.put("after.xml", &hosts(["150.25", "200", "300"]));
        exports.put("odd.xml", &hosts(["99", "100200.5", "300"]));
        exports
    }

    fn put(&self, name: &str, content: &str) {
        std::fs::write(self.0.path().join(name), content).unwrap();
    }

    fn file(&self, name: &str) -> String {
        path(&self.0.path().join(name))
    }

    /// Runs a command that ends with `code`.
    fn ends_with(&self, code: i32, arguments: &[&str]) -> Value {
        let output = bithive(arguments).arg("--json").output().unwrap();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {}", text(&output));
        serde_json::from_slice(&output.stdout).unwrap()
    }
}

#[test]
fn an_export_is_listed_by_credit_and_what_links_to_a_chain_is_found() {
    let exports = Exports::new(ADDRESS);
    let users = exports.file("user.xml");
    let answer = json(&["boinc", "read", &users]);
    assert_eq!((&answer["records"], &answer["total_credit"]), (&3.into(), &"6020.500001".into()));
    let ids: Vec<_> =
        answer["rows"].as_array().unwrap().iter().map(|row| row["id"].as_u64().unwrap()).collect();
    assert_eq!(ids, [2, 1, 3]);
    let linked = json(&["boinc", "read", &users, "--linked"]);
    assert_eq!(linked["rows"].as_array().unwrap().len(), 1);
    assert_eq!((&linked["rows"][0]["id"], &linked["rows"][0]["account"]), (&1.into(), &ADDRESS.into()));
    let most = json(&["boinc", "read", &users, "--limit", "1"]);
    assert_eq!(most["rows"].as_array().unwrap().len(), 1);
    let shown = text(&bithive(&["boinc", "read", &users]).output().unwrap());
    assert!(shown.contains("3 records with 6020.500001 credit") && shown.contains("user 2"), "{shown}");
    let hosts = json(&["boinc", "read", &exports.file("after.xml"), "--user", "1"]);
    assert_eq!(hosts["rows"].as_array().unwrap().len(), 2);
}

#[test]
fn credit_that_falls_or_jumps_between_two_exports_is_reported() {
    let exports = Exports::new(ADDRESS);
    let (before, after, odd) =
        (exports.file("before.xml"), exports.file("after.xml"), exports.file("odd.xml"));
    let compare = |file: &str| {
        ["boinc", "read", file, "--previous", &before, "--days", "1", "--per-day", "1000"]
            .map(ToOwned::to_owned)
    };
    let arguments = compare(&after);
    let answer = exports.ends_with(0, &arguments.each_ref().map(String::as_str));
    let change = |answer: &Value, id: u64| {
        let rows = answer["rows"].as_array().unwrap();
        rows.iter().find(|row| row["id"] == id).unwrap()["change"].as_str().unwrap().to_owned()
    };
    assert_eq!((change(&answer, 7), change(&answer, 8)), ("+50.250000".into(), "same".into()));
    let arguments = compare(&odd);
    let answer = exports.ends_with(1, &arguments.each_ref().map(String::as_str));
    assert_eq!((&answer["fell"], &answer["jumped"]), (&1.into(), &1.into()));
    assert_eq!(change(&answer, 7), "fell by 1.000000");
    assert_eq!(change(&answer, 8), "jumped by 100000.500000");
}

#[test]
fn a_link_says_what_to_write_and_whether_it_is_there() {
    let exports = Exports::new(ADDRESS);
    let address = {
        let keys = exports.file("keys.json");
        let password = exports.file("password");
        std::fs::write(&password, "a password that is long").unwrap();
        restrict(Path::new(&password));
        let made = json(&[
            "keys",
            "new",
            "--out",
            &keys,
            "--password-file",
            &password,
            "--words-out",
            &exports.file("words"),
        ]);
        let entries = made["entries"].as_array().unwrap().clone();
        let account = entries.iter().find(|entry| entry["name"] == "account").unwrap();
        account["public"].as_str().unwrap().to_owned()
    };
    let answer = json(&["boinc", "link", &address]);
    assert_eq!(answer["text"], format!("bithive:{address}"));
    let exports = Exports::new(&address);
    let users = exports.file("user.xml");
    let found = json(&["boinc", "link", &address, "--users", &users]);
    assert_eq!(found["users"][0]["id"], 1);
    let other = Exports::new("bithive1other");
    let missing = other.ends_with(1, &["boinc", "link", &address, "--users", &other.file("user.xml")]);
    assert_eq!(missing["users"].as_array().unwrap().len(), 0);
}

fn restrict(file: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o600)).unwrap();
}

#[test]
fn what_is_no_export_is_refused_and_a_faulty_record_is_told() {
    let exports = Exports::new(ADDRESS);
    exports.put("cut.xml", "<users><user><id>1</id>");
    exports.put("teams.xml", "<teams/>");
    exports.put("faulty.xml", "<users><user><id>x</id><total_credit>1</total_credit></user></users>");
    for (arguments, named) in [
        (&["boinc", "read", "nowhere.xml"][..], "nowhere.xml"),
        (&["boinc", "read", &exports.file("cut.xml")], "ends within <id>"),
        (&["boinc", "read", &exports.file("teams.xml")], "expected <users> or <hosts>"),
        (&["boinc", "read", &exports.file("after.xml"), "--previous", "x"], "--days"),
        (&["boinc", "read", &exports.file("after.xml"), "--limit", "0"], "--limit is 0"),
        (&["boinc", "link", "alice"], "the account on the chain"),
    ] {
        let error = refused(arguments);
        assert!(error.contains(named), "{arguments:?}: {error}");
    }
    let faulty = exports.ends_with(1, &["boinc", "read", &exports.file("faulty.xml")]);
    assert_eq!(faulty["faulty"], 1);
    assert!(faulty["faults"][0].as_str().unwrap().contains("<id> is \"x\""), "{faulty}");
}
