//! The policy language, for policies without mistakes: text to JSON.

use serde_json::{Value, json};

use super::{rows, text};

/// Words, and symbols of one or two characters.
fn tokens(policy: &str) -> Vec<String> {
    let mut tokens: Vec<String> = Vec::new();
    let is_word = |c: char| c.is_ascii_alphanumeric() || "_.-".contains(c);
    let mut before = ' ';
    for c in policy.chars() {
        let joins = is_word(c) && is_word(before) || (before, c) == ('>', '=');
        match tokens.last_mut() {
            _ if c.is_whitespace() => {}
            Some(last) if joins => last.push(c),
            _ => tokens.push(c.to_string()),
        }
        before = c;
    }
    tokens
}

struct Parser<'a> {
    schema: &'a Value,
    tokens: std::iter::Peekable<std::vec::IntoIter<String>>,
}

/// A policy in JSON; `schema` is the document.
pub fn parse(schema: &Value, policy: &str) -> Value {
    let mut parser = Parser { schema, tokens: tokens(policy).into_iter().peekable() };
    let policy = parser.chain("or");
    assert_eq!(parser.tokens.next(), None, "the policy goes on");
    policy
}

impl Parser<'_> {
    fn next(&mut self) -> String {
        self.tokens.next().unwrap()
    }

    fn expect(&mut self, token: &str) {
        assert_eq!(self.next(), token);
    }

    fn skip(&mut self, token: &str) -> bool {
        self.tokens.next_if(|next| next == token).is_some()
    }

    /// `or` of `and` of terms.
    fn chain(&mut self, joint: &str) -> Value {
        let part = |parser: &mut Self| if joint == "or" { parser.chain("and") } else { parser.term() };
        let mut parts = vec![part(self)];
        while self.skip(joint) {
            parts.push(part(self));
        }
        match (parts.len(), joint) {
            (1, _) => parts.remove(0),
            (_, "or") => json!({ "any": parts }),
            _ => json!({ "all": parts }),
        }
    }

    fn term(&mut self) -> Value {
        if self.skip("(") {
            let inner = self.chain("or");
            self.expect(")");
            inner
        } else if self.skip("any") {
            let needed: u16 = self.next().parse().unwrap();
            self.expect("of");
            json!({ "at_least": { "needed": needed, "of": self.list(|parser| parser.chain("or")) } })
        } else {
            json!({ "is": self.condition() })
        }
    }

    fn list<T>(&mut self, mut item: impl FnMut(&mut Self) -> T) -> Vec<T> {
        self.expect("(");
        let mut items = vec![item(self)];
        while self.skip(",") {
            items.push(item(self));
        }
        self.expect(")");
        items
    }

    fn condition(&mut self) -> Value {
        let name = self.next();
        if self.skip(">=") {
            json!({ "reaches": { "attribute": name, "threshold": self.next().parse::<u64>().unwrap() } })
        } else if self.skip("=") {
            json!({ "one_of": { "attribute": name, "values": [self.next()] } })
        } else if self.skip("in") {
            json!({ "one_of": { "attribute": name, "values": self.list(Self::next) } })
        } else if self.skip("has") {
            json!({ "has": { "attribute": name, "member": self.next() } })
        } else if self.skip("within") {
            let distance: u16 = self.next().parse().unwrap();
            self.expect("of");
            json!({ "within": { "attribute": name, "distance": distance, "of": self.next() } })
        } else {
            json!({ "has": { "attribute": self.set_with(&name), "member": name } })
        }
    }

    /// The one set that has this member.
    fn set_with(&self, member: &str) -> &str {
        let has = |attribute: &&Value| {
            attribute["kind"] == "set" && rows(&attribute["members"]).iter().any(|m| m == member)
        };
        let mut sets = rows(&self.schema["attributes"]).iter().filter(has);
        let set = text(&sets.next().unwrap()["name"]);
        assert_eq!(sets.next(), None, "several sets have this member");
        set
    }
}
