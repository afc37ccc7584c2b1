//! What is read of exports, and what is refused.

use std::io::{Read, Write as _};

use bithive_boinc::limits::{MAX_BYTES, MAX_RECORD_BYTES, MAX_TEXT_BYTES, MAX_TOKEN_BYTES, UNJUDGED_BYTES};
use bithive_boinc::{Credit, Error, Fault, Host, Record, Records, User};
use flate2::Compression;
use flate2::write::GzEncoder;
use proptest::prelude::*;

const USERS: &str = r#"<?xml version="1.0" encoding="ISO-8859-1"?>
<!-- of one project -->
<users>
<user>
 <id>12</id>
 <name>Ann &amp; Bob &#60;3 &#233;</name>
 <country>None</country>
 <create_time>1100000000</create_time>
 <total_credit>1234.567890</total_credit>
 <expavg_credit>12.500000</expavg_credit>
 <cpid>0123456789abcdef0123456789abcdef</cpid>
 <url><![CDATA[bithive:bithive1abc]]></url>
 <has_profile/>
</user>
<user>
 <id>13</id>
 <total_credit>0</total_credit>
 <expavg_credit>nan</expavg_credit>
 <badges><badge><name>first</name></badge></badges>
</user>
</users>
"#;

const HOSTS: &str = "<hosts>
<host><id>7</id><userid>12</userid><total_credit>1000.000001</total_credit><p_vendor>x</p_vendor>\
<host_cpid>ff</host_cpid></host>
<host><id>8</id><total_credit>5</total_credit></host>
</hosts>";

fn credit(text: &str) -> Credit {
    text.parse().unwrap()
}

fn all(bytes: impl AsRef<[u8]>) -> Result<Vec<Record>, Error> {
    Records::new(bytes.as_ref(), MAX_BYTES)?.collect()
}

fn zipped(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn users_and_hosts_are_read_plain_and_compressed() {
    let users = vec![
        Record::User(User {
            id: 12,
            name: "Ann & Bob <3 é".into(),
            url: "bithive:bithive1abc".into(),
            cpid: "0123456789abcdef0123456789abcdef".into(),
            total: credit("1234.56789"),
            recent: Some(credit("12.5")),
        }),
        Record::User(User {
            id: 13,
            name: String::new(),
            url: String::new(),
            cpid: String::new(),
            total: Credit::default(),
            recent: None,
        }),
    ];
    assert_eq!(all(USERS).unwrap(), users);
    assert_eq!(all(zipped(USERS.as_bytes())).unwrap(), users);
    let host = |id, user, cpid: &str, total| {
        Record::Host(Host { id, user, cpid: cpid.into(), total: credit(total), recent: None })
    };
    assert_eq!(all(HOSTS).unwrap(), [host(7, Some(12), "ff", "1000.000001"), host(8, None, "", "5")]);
    assert_eq!(all("<users/>").unwrap(), []);
    assert_eq!(all("<hosts></hosts>\n").unwrap(), []);
}

#[test]
fn an_export_that_ends_anywhere_is_no_export() {
    let whole = USERS.trim_end();
    for end in 0..whole.len() {
        let error = all(&whole[..end]).unwrap_err();
        let expected = matches!(error, Error::Truncated { .. } | Error::Syntax { .. });
        assert!(expected, "{end}: {error}");
    }
    let bytes = zipped(whole.as_bytes());
    for end in 1..bytes.len() {
        assert!(all(&bytes[..end]).is_err(), "{end} of {}", bytes.len());
    }
    // One bit of the content or its checksum.
    let last = bytes.len() - 6;
    let mut changed = bytes;
    changed[last] ^= 1;
    assert!(matches!(all(changed).unwrap_err(), Error::Read(_)));
}

#[test]
fn a_record_with_a_fault_takes_nothing_from_the_others() {
    let long = "x".repeat(MAX_TEXT_BYTES + 1);
    let record = |inner: &str| format!("<user><id>1</id>{inner}</user>");
    let faults = [
        ("<user><total_credit>1</total_credit></user>".to_owned(), "<id> is missing"),
        (record(""), "<total_credit> is missing"),
        (record("<total_credit>-1</total_credit>"), "credit is \"-1\""),
        (record(&format!("<total_credit>{}</total_credit>", "9".repeat(500))), "credit is \"999"),
        (record("<total_credit>1</total_credit><total_credit>2</total_credit>"), "more than once"),
        (record("<total_credit><b>1</b></total_credit>"), "has elements in it"),
        (record("<total_credit/>"), "credit is \"\""),
        (record("<total_credit>1</total_credit><id>2</id>"), "<id> is there more than once"),
        (record(&format!("<total_credit>1</total_credit><name>{long}</name>")), "<name> has more than"),
        (record("<total_credit>1</total_credit><name>&who;</name>"), "not defined"),
        ("<user><id>18446744073709551616</id><total_credit>1</total_credit></user>".into(), "<id> is \"184"),
        ("<user><id>-1</id><total_credit>1</total_credit></user>".into(), "<id> is \"-1\""),
    ];
    for (fault, expected) in faults {
        let export = format!(
            "<users><user><id>5</id><total_credit>1</total_credit></user>{fault}\
             <user><id>6</id><total_credit>2</total_credit></user></users>"
        );
        let items: Vec<_> = Records::new(export.as_bytes(), MAX_BYTES).unwrap().collect();
        let ids: Vec<_> = items.iter().flatten().map(|record| matches!(record, Record::User(_))).collect();
        assert_eq!((items.len(), ids.len()), (3, 2), "{fault}");
        let error = items.into_iter().find_map(Result::err).unwrap();
        assert!(error.is_of_one_record(), "{error}");
        assert!(error.to_string().starts_with("record 2: "), "{error}");
        assert!(error.to_string().contains(expected), "{error}, not {expected}");
    }
    let missing = all("<hosts><host><id>1</id></host></hosts>").unwrap_err();
    assert!(matches!(
        missing,
        Error::Record { number: 1, fault: Fault::Missing { element: "total_credit" } }
    ));
}

/// So many bytes of one kind, without having them.
fn endless(head: &'static str, part: &'static str) -> impl Read {
    head.as_bytes().chain(Repeat { part: part.as_bytes(), at: 0 })
}

struct Repeat {
    part: &'static [u8],
    at: usize,
}

impl Read for Repeat {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        for byte in out.iter_mut() {
            *byte = self.part[self.at];
            self.at = (self.at + 1) % self.part.len();
        }
        Ok(out.len())
    }
}

fn refused(input: impl Read, most: u64) -> Error {
    let mut records = Records::new(input, most).unwrap();
    let error = records.find_map(Result::err).unwrap();
    assert!(records.next().is_none(), "an error that is not of one record is the last item");
    error
}

#[test]
fn what_has_no_end_is_given_up_in_bounded_memory() {
    let most = 8 << 20;
    for head in
        ["<users><user><name>", "<users><", "<users><user a=\"", "<users><!--", "<users><![CDATA[", "<?xml "]
    {
        let error = refused(endless(head, "x"), most);
        assert!(
            matches!(error, Error::TokenTooLong { at } if at < 2 * MAX_TOKEN_BYTES as u64),
            "{head}: {error}"
        );
    }
    let nested = refused(endless("<users>", "<a>"), most);
    assert!(matches!(nested, Error::TooDeep { at } if at < 100), "{nested}");
    let in_a_field = refused(endless("<users><user><name>", "<a>"), most);
    assert!(matches!(in_a_field, Error::TooDeep { .. }), "{in_a_field}");
    let fields = refused(endless("<users><user>", "<a>x</a>"), most);
    assert!(matches!(fields, Error::RecordTooLong { at } if at < 2 * MAX_RECORD_BYTES), "{fields}");
    let references = refused(endless("<users><user><name>", "&amp;"), most);
    assert!(matches!(references, Error::RecordTooLong { .. }), "{references}");
    let records = refused(endless("<users>", "<user><id>1</id><total_credit>1</total_credit></user>"), most);
    assert!(matches!(records, Error::TooLong { most: found } if found == most), "{records}");
}

#[test]
fn a_file_that_decompresses_to_a_thousand_times_its_size_is_given_up_at_the_bound() {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(b"<users>").unwrap();
    let row = [b"<user><id>1</id><total_credit>1</total_credit></user>".as_slice(), &[b' '; 900]].concat();
    for _ in 0..20_000 {
        encoder.write_all(&row).unwrap();
    }
    let bytes = encoder.finish().unwrap();
    assert!(bytes.len() < 200_000, "{}", bytes.len());
    let error = refused(bytes.as_slice(), 1 << 20);
    assert!(matches!(error, Error::TooLong { most: 1_048_576 }), "{error}");
}

/// The attack: a megabyte of a server keeps a reader busy with a gigabyte of records.
#[test]
fn a_file_that_is_small_only_while_it_is_compressed_is_given_up_early() {
    let gzip = |text: &str| {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(text.as_bytes()).unwrap();
        encoder.finish().unwrap()
    };
    let part = gzip(&"<user><id>1</id><total_credit>1</total_credit></user>".repeat(20_000));
    let bomb = gzip("<users>").into_iter().chain(part.repeat(1_000)).collect::<Vec<_>>();
    assert!(bomb.len() < 8 << 20, "{}", bomb.len());
    let error = refused(bomb.as_slice(), MAX_BYTES);
    assert!(matches!(error, Error::TooDense { at } if at < 2 * UNJUDGED_BYTES), "{error}");
}

#[test]
fn another_file_is_named_as_that_and_entities_can_not_be_defined() {
    assert!(matches!(all("<teams/>").unwrap_err(), Error::Root { found } if found == "teams"));
    assert!(matches!(all("").unwrap_err(), Error::Truncated { .. }));
    assert!(matches!(all("no xml").unwrap_err(), Error::Truncated { .. }));
    let doctype = "<!DOCTYPE users [<!ENTITY a \"aaaa\">]><users/>";
    assert!(matches!(all(doctype).unwrap_err(), Error::Doctype));
    assert!(matches!(all("<users></hosts>").unwrap_err(), Error::Syntax { .. }));
    assert!(matches!(all("<users></users><users/>").unwrap_err(), Error::Syntax { .. }));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _: Result<_, _> = all(&bytes);
        let _: Result<_, _> = all([b"<users><user>".as_slice(), &bytes].concat());
    }

    #[test]
    fn what_an_export_says_is_what_is_read(
        rows in prop::collection::vec((any::<u64>(), 0u64..1 << 49, 0u32..1_000_000), 0..20),
    ) {
        let row = |(id, whole, part): &(u64, u64, u32)| {
            format!("<host>\n<id>{id}</id>\n<total_credit>{whole}.{part:06}</total_credit>\n</host>\n")
        };
        let export = format!("<hosts>\n{}</hosts>\n", rows.iter().map(row).collect::<String>());
        let read: Vec<_> = all(zipped(export.as_bytes())).unwrap();
        let found: Vec<_> = read.into_iter().map(|record| match record {
            Record::Host(host) => (host.id, host.total.to_string()),
            Record::User(user) => panic!("{user:?}"),
        }).collect();
        let expected: Vec<_> = rows.iter().map(|(id, whole, part)| (*id, format!("{whole}.{part:06}"))).collect();
        prop_assert_eq!(found, expected);
    }
}
