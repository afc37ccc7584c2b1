//! How the owner of an account in a project says which account on a chain it belongs to.
//!
//! Only who controls an account of a project can change its name or the address of its page. Whoever writes
//! `bithive:ADDRESS` there says that credit of its hosts is for that address. Anybody can check it in the next export.

use crate::limits::MAX_TEXT_BYTES;
use crate::record::User;

/// What stands before the address.
pub const LINK_PREFIX: &str = "bithive:";
/// Most characters of an address.
const MOST: usize = 128;

/// What an owner writes as the address of its page, or into its name.
#[must_use]
pub fn link_text(address: &str) -> String {
    format!("{LINK_PREFIX}{address}")
}

/// The address that an account's owner has written into its page or its name; none if there is none, or if there are different
/// ones. Whether it is an address of a chain is for the caller to check.
#[must_use]
pub fn linked_address(user: &User) -> Option<&str> {
    let mut found: Option<&str> = None;
    for text in [user.url.as_str(), user.name.as_str()] {
        let text = text.get(..MAX_TEXT_BYTES).unwrap_or(text);
        for (at, _) in text.match_indices(LINK_PREFIX) {
            let address = address_at(text.get(at.saturating_add(LINK_PREFIX.len())..).unwrap_or_default());
            if address.is_empty() || found.is_some_and(|other| other != address) {
                return None;
            }
            found = Some(address);
        }
    }
    found
}

/// The lower-case letters and digits that a text begins with.
fn address_at(text: &str) -> &str {
    let end = text.bytes().take(MOST).take_while(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    text.get(..end.count()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::credit::Credit;

    fn user(name: &str, url: &str) -> User {
        User {
            id: 1,
            name: name.into(),
            url: url.into(),
            cpid: String::new(),
            total: Credit::default(),
            recent: None,
        }
    }

    #[test]
    fn an_address_is_found_in_the_page_or_the_name() {
        assert_eq!(linked_address(&user("Ann", &link_text("bithive1abc"))), Some("bithive1abc"));
        assert_eq!(linked_address(&user("Ann (bithive:bithive1abc)", "")), Some("bithive1abc"));
        assert_eq!(
            linked_address(&user("Ann", "http://x.example/?bithive:bithive1abc#top")),
            Some("bithive1abc")
        );
        let both = user("bithive:bithive1abc", "bithive:bithive1abc");
        assert_eq!(linked_address(&both), Some("bithive1abc"), "twice the same");
    }

    #[test]
    fn no_address_or_different_ones_are_no_link() {
        for (name, url) in [
            ("Ann", ""),
            ("bithive1abc", "bithive1abc"),
            ("bithive:", "bithive: bithive1abc"),
            ("bithive:bithive1abc", "bithive:bithive1def"),
            ("bithive:bithive1abc bithive:bithive1def", ""),
            ("bithive:ABC", ""),
        ] {
            assert_eq!(linked_address(&user(name, url)), None, "{name} {url}");
        }
    }
}
