//! An element of a message, and whether its content is what the schema allows.

use crate::error::BankError;

/// How often an element stands in a sequence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Times {
    Once,
    Optional,
    /// Once or more often.
    Several,
    /// Never or more often.
    Any,
    UpTo(usize),
}

/// Elements that a type has, in their order.
pub(crate) type Sequence = &'static [(&'static str, Times)];
/// Elements of which a type has one.
pub(crate) type Choice = &'static [&'static str];

/// An element: either elements or a text are in it.
#[derive(Debug)]
pub(crate) struct Element {
    pub(crate) name: String,
    /// Where it begins.
    pub(crate) line: u64,
    pub(crate) attributes: Vec<(String, String)>,
    pub(crate) children: Vec<Element>,
    pub(crate) text: String,
}

impl Times {
    const fn least(self) -> usize {
        match self {
            Self::Once | Self::Several => 1,
            Self::Optional | Self::Any | Self::UpTo(_) => 0,
        }
    }

    const fn most(self) -> usize {
        match self {
            Self::Once | Self::Optional => 1,
            Self::Several | Self::Any => usize::MAX,
            Self::UpTo(most) => most,
        }
    }
}

impl Element {
    fn expect_no_text(&self) -> Result<(), BankError> {
        if self.text.chars().all(char::is_whitespace) {
            Ok(())
        } else {
            Err(BankError::Mixed { line: self.line, element: self.name.clone() })
        }
    }

    /// The element, which has no attributes.
    pub(crate) fn plain(&self) -> Result<&Self, BankError> {
        match self.attributes.first() {
            None => Ok(self),
            Some((name, _)) => Err(BankError::Attribute {
                line: self.line,
                element: self.name.clone(),
                attribute: name.clone(),
            }),
        }
    }

    fn unexpected(&self, child: &Self) -> BankError {
        BankError::Unexpected { line: child.line, element: child.name.clone(), within: self.name.clone() }
    }

    /// What is in it is this sequence. Elements of it that are not asked for are passed over with all that is in them.
    pub(crate) fn sequence(&self, allowed: Sequence) -> Result<&Self, BankError> {
        self.plain()?.expect_no_text()?;
        let mut children = self.children.iter().peekable();
        for (name, times) in allowed {
            let mut count = 0usize;
            while let Some(child) = children.next_if(|child| child.name == *name) {
                count = count.saturating_add(1);
                if count > times.most() {
                    return Err(BankError::Repeated { line: child.line, element: child.name.clone() });
                }
            }
            if count < times.least() {
                let foreign = |child: &&Self| allowed.iter().all(|(known, _)| child.name != *known);
                let foreign = children.peek().copied().filter(foreign);
                return Err(foreign.map_or_else(|| self.missing(name), |child| self.unexpected(child)));
            }
        }
        match children.next() {
            None => Ok(self),
            Some(child) => Err(self.unexpected(child)),
        }
    }

    /// The one element in it, which is one of these.
    pub(crate) fn choice(&self, allowed: Choice) -> Result<&Self, BankError> {
        self.plain()?.expect_no_text()?;
        let expected = allowed.first().copied().unwrap_or_default();
        let mut children = self.children.iter();
        let chosen = children.next().ok_or_else(|| self.missing(expected))?;
        if !allowed.contains(&chosen.name.as_str()) {
            return Err(self.unexpected(chosen));
        }
        children.next().map_or(Ok(chosen), |second| Err(self.unexpected(second)))
    }

    pub(crate) fn missing(&self, element: &'static str) -> BankError {
        BankError::Missing { line: self.line, element, within: self.name.clone() }
    }

    /// Elements of this name.
    pub(crate) fn all(&self, name: &'static str) -> impl Iterator<Item = &Self> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// The first element of this name.
    pub(crate) fn optional(&self, name: &'static str) -> Option<&Self> {
        self.all(name).next()
    }

    /// The first element of this name, which has to be there.
    pub(crate) fn one(&self, name: &'static str) -> Result<&Self, BankError> {
        self.optional(name).ok_or_else(|| self.missing(name))
    }

    /// Its text, which has to be there.
    pub(crate) fn text(&self) -> Result<&str, BankError> {
        if let Some(child) = self.children.first() {
            return Err(self.unexpected(child));
        }
        let text = self.text.trim_matches(|character: char| character.is_ascii_whitespace());
        if text.is_empty() { Err(self.value("expected a text")) } else { Ok(text) }
    }

    /// Its text of at most so many characters, without attributes.
    pub(crate) fn text_of(&self, most: usize) -> Result<&str, BankError> {
        let text = self.plain()?.text()?;
        let holds = text.chars().count() <= most;
        if holds { Ok(text) } else { Err(self.value(format!("expected at most {most} characters"))) }
    }

    /// What `read` makes of its text, without attributes.
    pub(crate) fn read<T, E: std::fmt::Display>(
        &self,
        read: impl FnOnce(&str) -> Result<T, E>,
    ) -> Result<T, BankError> {
        read(self.plain()?.text()?).map_err(|error| self.value(error))
    }

    /// Its value is wrong.
    pub(crate) fn value(&self, problem: impl std::fmt::Display) -> BankError {
        let found = self.text.trim().chars().take(40).collect();
        BankError::Value { line: self.line, element: self.name.clone(), found, problem: problem.to_string() }
    }
}
