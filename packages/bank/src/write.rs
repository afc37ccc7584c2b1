//! How messages are written.

use std::fmt::Display;

use crate::amount::Money;

/// A message that is written.
pub(crate) struct Writer {
    text: String,
    depth: usize,
}

impl Writer {
    /// The whole text of a message of a kind, such as `pain.001.001.09`.
    pub(crate) fn document(kind: &str, content: impl FnOnce(&mut Self)) -> String {
        let text = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:{kind}\">\n"
        );
        let mut writer = Self { text, depth: 1 };
        content(&mut writer);
        writer.text.push_str("</Document>\n");
        writer.text
    }

    /// An element with elements.
    pub(crate) fn within(&mut self, name: &str, content: impl FnOnce(&mut Self)) {
        self.line(&format!("<{name}>"));
        self.depth = self.depth.saturating_add(1);
        content(self);
        self.depth = self.depth.saturating_sub(1);
        self.line(&format!("</{name}>"));
    }

    /// Elements in each other, of which only the last has content.
    pub(crate) fn path(&mut self, names: &[&str], content: impl FnOnce(&mut Self)) {
        match names {
            [] => content(self),
            [name, inner @ ..] => self.within(name, |writer| writer.path(inner, content)),
        }
    }

    /// An element with a text.
    pub(crate) fn text(&mut self, name: &str, text: impl Display) {
        self.line(&format!("<{name}>{}</{name}>", escape(&text.to_string())));
    }

    /// An element with a text, if there is one.
    pub(crate) fn optional(&mut self, name: &str, text: Option<impl Display>) {
        if let Some(text) = text {
            self.text(name, text);
        }
    }

    /// An element with an amount and its currency.
    pub(crate) fn amount(&mut self, name: &str, money: Money) {
        self.line(&format!("<{name} Ccy=\"{}\">{}</{name}>", money.currency(), money.digits()));
    }

    fn line(&mut self, line: &str) {
        self.text.push_str(&"  ".repeat(self.depth));
        self.text.push_str(line);
        self.text.push('\n');
    }
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            other => escaped.push(other),
        }
    }
    escaped
}
