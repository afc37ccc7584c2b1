//! Who may send what, as the file `permissions.txt` of each contract has it: a change of it is a change of that file, which
//! a reviewer sees.

use std::fmt::Write;

use bithive_api::permission::{Permission, Permitted};
use bithive_api::{jobs, registry};
use bithive_contracts::Code;

/// `SetPaused` as it is in JSON: `set_paused`.
fn snake(name: &str) -> String {
    let mut text = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !text.is_empty() {
            text.push('_');
        }
        text.push(letter.to_ascii_lowercase());
    }
    text
}

fn table<M: Permitted>() -> String {
    let mut lines = String::new();
    for (message, permission) in M::PERMISSIONS {
        writeln!(lines, "{} {}", snake(message), snake(&format!("{permission:?}"))).unwrap();
    }
    lines
}

macro_rules! tables {
    ($($id:literal $name:ident $code:ident $krate:ident $($entry:ident)?;)+) => {
        /// The permissions of each contract.
        fn tables() -> Vec<(Code, String)> {
            vec![$((Code::$code, table::<bithive_api::$name::ExecuteMsg>())),+]
        }
    };
}

bithive_contracts::codes!(tables);

#[test]
fn who_may_send_what_is_as_the_golden_files_have_it() {
    for (code, found) in tables() {
        let golden = format!("{}/../../../contracts/{code}/permissions.txt", env!("CARGO_MANIFEST_DIR"));
        let golden = std::fs::read_to_string(golden).unwrap_or_default();
        assert_eq!(found, golden, "contracts/{code}/permissions.txt should be:\n{found}");
    }
}

#[test]
fn a_message_has_the_line_of_its_variant() {
    let pause = registry::ExecuteMsg::SetPaused { paused: true };
    assert_eq!(pause.line(), ("SetPaused", Permission::Owner));
    assert_eq!(jobs::ExecuteMsg::Withdraw {}.permission(), Permission::Anyone);
}
