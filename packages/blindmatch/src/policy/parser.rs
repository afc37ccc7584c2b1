//! The policy language: text to syntax tree (winnow), then types against the schema.

use core::ops::Range;

use winnow::{
    LocatingSlice, ModalResult, Parser,
    ascii::multispace0,
    combinator::{alt, cut_err, delimited, fail, opt, peek, preceded, separated, terminated},
    error::{StrContext, StrContextValue},
    token::{literal, one_of, take_while},
};

use crate::{
    policy::{Policy, PolicyError, Predicate, template::wrong_operator},
    schema::{Attribute, KEYWORDS, Schema},
    tree::{MAX_DEPTH, TreeError},
    vector::Vector,
};

/// Most bytes of a policy's text.
pub const MAX_TEXT_BYTES: usize = 8192;

/// Where and why a policy's text is refused. Columns count characters from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParseError {
    /// Not a sentence of the language.
    #[error("column {column}: found {found}, expected {expected}")]
    Syntax {
        /// Column of the text, from 1, in characters.
        column: usize,
        /// What is there.
        found: String,
        /// What could be there.
        expected: String,
    },
    /// A sentence that doesn't fit the schema.
    #[error("column {column}: {source}")]
    Type {
        /// Column of the text, from 1, in characters.
        column: usize,
        /// What doesn't fit.
        source: PolicyError,
    },
    /// The text is longer than the limit.
    #[error("the policy is {found} bytes long, expected at most {MAX_TEXT_BYTES}")]
    TooLong {
        /// Length of the text, in bytes.
        found: usize,
    },
}

type Input<'a> = LocatingSlice<&'a str>;

/// A word and where it starts, in bytes.
#[derive(Clone)]
struct Word<'a> {
    text: &'a str,
    at: usize,
}

/// The syntax tree: positions kept, names not resolved.
enum Node<'a> {
    All(Vec<Node<'a>>),
    Any(Vec<Node<'a>>),
    AtLeast(Word<'a>, Vec<Node<'a>>),
    Condition(Word<'a>, Operator<'a>),
}

enum Operator<'a> {
    Reaches(Word<'a>),
    OneOf(Vec<Word<'a>>),
    Has(Word<'a>),
    Within(Word<'a>, Vector),
    Alone,
}

impl Policy {
    /// Reads a policy as people write it, and checks it against the schema.
    ///
    /// # Errors
    /// [`ParseError`] has the column and says what was expected there.
    pub fn parse(text: &str, schema: &Schema) -> Result<Self, ParseError> {
        if text.len() > MAX_TEXT_BYTES {
            return Err(ParseError::TooLong { found: text.len() });
        }
        check_nesting(text)?;
        let node = preceded(multispace0, alternatives)
            .parse(LocatingSlice::new(text))
            .map_err(|error| syntax_error(text, error.offset(), error.inner()))?;
        let policy = resolve(&node, schema)
            .map_err(|(at, source)| ParseError::Type { column: column(text, at), source })?;
        match policy.compile(schema) {
            Ok(_) => Ok(policy),
            Err(source) => Err(ParseError::Type { column: 1, source }),
        }
    }
}

/// The parser recurses once per parenthesis.
fn check_nesting(text: &str) -> Result<(), ParseError> {
    let mut depth = 0_usize;
    for (at, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > MAX_DEPTH {
            return Err(ParseError::Type { column: column(text, at), source: TreeError::TooDeep.into() });
        }
    }
    Ok(())
}

fn column(text: &str, at: usize) -> usize {
    text.char_indices().take_while(|(index, _)| *index < at).count() + 1
}

fn syntax_error(text: &str, at: usize, error: &winnow::error::ContextError) -> ParseError {
    let rest = text.get(at..).unwrap_or_default();
    let word: String = rest.chars().take_while(|c| is_word(*c)).take(32).collect();
    let found = match rest.chars().next() {
        None => "the end".to_owned(),
        Some(c) if word.is_empty() => format!("`{c}`"),
        Some(_) => format!("`{word}`"),
    };
    let expected: Vec<String> = error
        .context()
        .filter_map(|context| match context {
            StrContext::Expected(value) => Some(value.to_string()),
            _ => None,
        })
        .collect();
    let expected =
        if expected.is_empty() { "`and`, `or` or the end".to_owned() } else { expected.join(" or ") };
    ParseError::Syntax { column: column(text, at), found, expected }
}

fn expected(what: &'static str) -> StrContext {
    StrContext::Expected(StrContextValue::Description(what))
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-')
}

fn any_word<'a>(input: &mut Input<'a>) -> ModalResult<Word<'a>> {
    terminated(take_while(1.., is_word).with_span(), multispace0)
        .map(|(text, span): (&str, Range<usize>)| Word { text, at: span.start })
        .parse_next(input)
}

fn keyword<'a>(keyword: &'static str) -> impl FnMut(&mut Input<'a>) -> ModalResult<Word<'a>> {
    move |input| any_word.verify(|word: &Word<'_>| word.text == keyword).parse_next(input)
}

fn name<'a>(input: &mut Input<'a>) -> ModalResult<Word<'a>> {
    any_word.verify(|word: &Word<'_>| !KEYWORDS.contains(&word.text)).parse_next(input)
}

fn symbol<'a>(symbol: &'static str) -> impl FnMut(&mut Input<'a>) -> ModalResult<&'a str> {
    move |input| terminated(literal(symbol), multispace0).parse_next(input)
}

fn number<'a>(input: &mut Input<'a>) -> ModalResult<Word<'a>> {
    cut_err(any_word.verify(|word: &Word<'_>| word.text.parse::<u64>().is_ok()))
        .context(expected("a whole number"))
        .parse_next(input)
}

fn value<'a>(input: &mut Input<'a>) -> ModalResult<Word<'a>> {
    cut_err(name).context(expected("a value")).parse_next(input)
}

fn vector(input: &mut Input<'_>) -> ModalResult<Vector> {
    cut_err(any_word.verify_map(|word: Word<'_>| word.text.parse().ok()))
        .context(expected("a vector (`0x` and 64 hexadecimal digits)"))
        .parse_next(input)
}

fn of<'a>(input: &mut Input<'a>) -> ModalResult<Word<'a>> {
    cut_err(keyword("of")).context(expected("`of`")).parse_next(input)
}

fn comma<'a>(input: &mut Input<'a>) -> ModalResult<&'a str> {
    symbol(",").parse_next(input)
}

fn open<'a>(input: &mut Input<'a>) -> ModalResult<&'a str> {
    cut_err(symbol("(")).context(expected("`(`")).parse_next(input)
}

/// The closing parenthesis of a list.
fn close_list<'a>(input: &mut Input<'a>) -> ModalResult<&'a str> {
    cut_err(symbol(")")).context(expected("`,` or `)`")).parse_next(input)
}

fn alternatives<'a>(input: &mut Input<'a>) -> ModalResult<Node<'a>> {
    chain("or", conjunction, Node::Any, input)
}

fn conjunction<'a>(input: &mut Input<'a>) -> ModalResult<Node<'a>> {
    chain("and", term, Node::All, input)
}

/// Parts joined by a keyword, of which one alone stands for itself.
fn chain<'a>(
    joint: &'static str,
    part: fn(&mut Input<'a>) -> ModalResult<Node<'a>>,
    join: fn(Vec<Node<'a>>) -> Node<'a>,
    input: &mut Input<'a>,
) -> ModalResult<Node<'a>> {
    let first = part(input)?;
    if opt(peek(keyword(joint))).parse_next(input)?.is_none() {
        return Ok(first);
    }
    let mut parts = vec![first];
    while opt(keyword(joint)).parse_next(input)?.is_some() {
        parts.push(part(input)?);
    }
    Ok(join(parts))
}

fn term<'a>(input: &mut Input<'a>) -> ModalResult<Node<'a>> {
    alt((
        preceded(symbol("("), (alternatives, cut_err(symbol(")")).context(expected("`and`, `or` or `)`"))))
            .map(|(inner, _)| inner),
        preceded(keyword("any"), any_of),
        condition,
        cut_err(fail.context(expected("an attribute, a member of a set, `any` or `(`"))),
    ))
    .parse_next(input)
}

fn any_of<'a>(input: &mut Input<'a>) -> ModalResult<Node<'a>> {
    let count = number(input)?;
    of(input)?;
    let parts = delimited(open, separated(1.., alternatives, comma), close_list).parse_next(input)?;
    Ok(Node::AtLeast(count, parts))
}

fn condition<'a>(input: &mut Input<'a>) -> ModalResult<Node<'a>> {
    let attribute = name(input)?;
    let operator = alt((
        preceded(symbol(">="), number).map(Operator::Reaches),
        preceded(symbol("="), value).map(|value| Operator::OneOf(vec![value])),
        preceded(keyword("in"), delimited(open, separated(1.., value, comma), close_list))
            .map(Operator::OneOf),
        preceded(keyword("has"), value).map(Operator::Has),
        preceded(keyword("within"), (number, preceded(of, vector)))
            .map(|(distance, vector)| Operator::Within(distance, vector)),
        preceded(
            peek(one_of(['<', '>', '!', '~', ':'])),
            cut_err(fail.context(expected("`>=`, `=`, `in`, `has` or `within`"))),
        ),
        winnow::combinator::empty.map(|()| Operator::Alone),
    ))
    .parse_next(input)?;
    Ok(Node::Condition(attribute, operator))
}

type Located<T> = Result<T, (usize, PolicyError)>;

fn resolve(node: &Node<'_>, schema: &Schema) -> Located<Policy> {
    let resolve_all =
        |parts: &[Node<'_>]| parts.iter().map(|part| resolve(part, schema)).collect::<Located<Vec<_>>>();
    match node {
        Node::All(parts) => Ok(Policy::All(resolve_all(parts)?)),
        Node::Any(parts) => Ok(Policy::Any(resolve_all(parts)?)),
        Node::AtLeast(count, parts) => {
            // The grammar admits numbers only.
            let needed = count.text.parse::<u64>().unwrap_or(u64::MAX);
            match u16::try_from(needed) {
                Ok(needed) if (1..=parts.len()).contains(&usize::from(needed)) => {
                    Ok(Policy::AtLeast { needed, of: resolve_all(parts)? })
                }
                _ => Err((count.at, PolicyError::ImpossibleCount { needed, parts: parts.len() })),
            }
        }
        Node::Condition(attribute, operator) => {
            resolve_condition(attribute, operator, schema).map(Policy::Is)
        }
    }
}

fn resolve_condition(name: &Word<'_>, operator: &Operator<'_>, schema: &Schema) -> Located<Predicate> {
    let attribute = || name.text.to_owned();
    let checked = |predicate: Predicate, value: &Word<'_>| match predicate.template(schema) {
        Ok(_) => Ok(predicate),
        Err(error @ (PolicyError::UnknownAttribute { .. } | PolicyError::WrongOperator { .. })) => {
            Err((name.at, error))
        }
        Err(error) => Err((value.at, error)),
    };
    match operator {
        Operator::Reaches(number) => {
            let threshold = number.text.parse().unwrap_or(u64::MAX);
            checked(Predicate::Reaches { attribute: attribute(), threshold }, number)
        }
        Operator::Has(member) => {
            checked(Predicate::Has { attribute: attribute(), member: member.text.to_owned() }, member)
        }
        Operator::Within(number, of) => {
            let distance = number.text.parse().unwrap_or(u64::MAX);
            let distance =
                u16::try_from(distance).map_err(|_| (number.at, PolicyError::TooFar { distance }))?;
            checked(Predicate::Within { attribute: attribute(), distance, of: of.clone() }, number)
        }
        Operator::OneOf(words) => {
            let mut predicate = Predicate::OneOf { attribute: attribute(), values: Vec::new() };
            for word in words {
                if let Predicate::OneOf { values, .. } = &mut predicate {
                    values.push(word.text.to_owned());
                }
                predicate = checked(predicate, word)?;
            }
            Ok(predicate)
        }
        Operator::Alone => member_alone(name.text, schema).map_err(|error| (name.at, error)),
    }
}

/// A word without operator is a member of the only set that lists it.
fn member_alone(word: &str, schema: &Schema) -> Result<Predicate, PolicyError> {
    if let Some(attribute) = schema.attribute(word) {
        return Err(wrong_operator(attribute));
    }
    let sets: Vec<_> = schema
        .attributes()
        .iter()
        .filter(|attribute| matches!(attribute, Attribute::Set { members, .. } if members.iter().any(|m| m == word)))
        .map(|attribute| attribute.name().to_owned())
        .collect();
    match sets.as_slice() {
        [only] => Ok(Predicate::Has { attribute: only.clone(), member: word.to_owned() }),
        [] => Err(PolicyError::UnknownWord { word: word.to_owned(), known: known_words(schema) }),
        _ => Err(PolicyError::AmbiguousMember { word: word.to_owned(), sets }),
    }
}

fn known_words(schema: &Schema) -> Vec<String> {
    let members = |attribute: &Attribute| match attribute {
        Attribute::Set { members, .. } => members.clone(),
        _ => Vec::new(),
    };
    let names = schema.attributes().iter().map(|attribute| attribute.name().to_owned());
    names.chain(schema.attributes().iter().flat_map(members)).collect()
}
