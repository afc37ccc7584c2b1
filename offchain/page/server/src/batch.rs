//! `POST /x/batch`: many smart queries about one state.

use bithive_chain::http::{ReplyBody, begin_work, reply};
use hyper::body::Incoming;
use hyper::{Request, Response, StatusCode};
use serde::de::{Error as _, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

use crate::input::{Parameters, body};
use crate::node::Node;
use crate::refused::{JSON, Refused};

/// Most queries in one request.
pub(crate) const MOST: usize = 64;
const MOST_REQUEST_BYTES: usize = 1 << 20;
const MOST_ANSWER_BYTES: usize = 16 << 20;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Query {
    contract: String,
    query: Box<RawValue>,
}

#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum Answer {
    /// As the contract wrote it: its integers may have 64 bits.
    Value(Box<RawValue>),
    Error(String),
}

#[derive(Serialize)]
struct Answers {
    height: String,
    results: Vec<Answer>,
}

pub(crate) async fn answer(
    node: &Node,
    mut request: Request<Incoming>,
) -> Result<Response<ReplyBody>, Refused> {
    let height = Parameters::read(request.uri(), &["height"])?.number("height")?.filter(|height| *height > 0);
    let (body, _weight) = body(&mut request, MOST_REQUEST_BYTES).await?;
    let Queries(queries) = serde_json::from_slice(&body).map_err(|error| Refused::bad(error.to_string()))?;
    if queries.is_empty() {
        return Err(Refused::bad(format!("no query; expected 1 to {MOST}")));
    }
    let _work = begin_work(&request);
    let queries =
        queries.into_iter().map(|one| (one.contract, one.query.get().as_bytes().to_vec())).collect();
    let (height, answers) = node.smart(queries, height).await?;
    if answers.iter().flatten().map(Vec::len).sum::<usize>() > MOST_ANSWER_BYTES {
        return Err(Refused::too_large("the answer", MOST_ANSWER_BYTES));
    }
    let results = answers.into_iter().map(write).collect();
    let text = serde_json::to_string(&Answers { height: height.to_string(), results });
    let text = text.map_err(|error| Refused::chain(error.to_string()))?;
    Ok(reply(StatusCode::OK, JSON, text).map(ReplyBody::Whole))
}

fn write(answer: Result<Vec<u8>, String>) -> Answer {
    match answer.map(|bytes| serde_json::from_slice(&bytes)) {
        Ok(Ok(value)) => Answer::Value(value),
        Ok(Err(error)) => Answer::Error(format!("the contract's answer is no JSON: {error}")),
        Err(error) => Answer::Error(error),
    }
}

/// Reading stops at the first query too many.
struct Queries(Vec<Query>);

impl<'de> Deserialize<'de> for Queries {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;

        impl<'de> Visitor<'de> for Reader {
            type Value = Queries;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "an array of at most {MOST} queries, each with contract and query")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let mut queries = Vec::new();
                while let Some(query) = seq.next_element()? {
                    if queries.len() == MOST {
                        return Err(A::Error::custom(format!(
                            "more than {MOST} queries; send several batches"
                        )));
                    }
                    queries.push(query);
                }
                Ok(Queries(queries))
            }
        }

        deserializer.deserialize_seq(Reader)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_are_passed_on_as_they_are() {
        let value = write(Ok(br#"{"job_id":18446744073709551615}"#.to_vec()));
        let text = serde_json::to_string(&value).unwrap();
        assert_eq!(text, r#"{"value":{"job_id":18446744073709551615}}"#);
        assert_eq!(serde_json::to_string(&write(Err("no".into()))).unwrap(), r#"{"error":"no"}"#);
        assert!(matches!(write(Ok(b"<html>".to_vec())), Answer::Error(_)));
    }

    #[test]
    fn a_batch_has_a_greatest_length_and_nothing_but_queries() {
        let batch = |count: usize| format!("[{}]", vec![r#"{"contract":"a","query":{}}"#; count].join(","));
        assert_eq!(serde_json::from_str::<Queries>(&batch(MOST)).unwrap().0.len(), MOST);
        let error = serde_json::from_str::<Queries>(&batch(MOST + 1)).err().unwrap().to_string();
        assert!(error.contains("more than 64"), "{error}");
        for bad in
            ["{}", "[1]", r#"[{"contract":"a"}]"#, r#"[{"contract":"a","query":{},"more":1}]"#, "", "["]
        {
            assert!(serde_json::from_str::<Queries>(bad).is_err(), "{bad}");
        }
    }
}
