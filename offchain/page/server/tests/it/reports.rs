//! Reports of jobs.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use bithive_page::{Reports, ReportsError};

use crate::setup::{Change, setup, with};

const BUNDLE: &str = r#"{"resourceType":"Bundle","value":0.50}"#;

/// A hospital's system that has one report, and does not always answer.
struct Hospital;

#[async_trait]
impl Reports for Hospital {
    async fn of_job(&self, job_id: u64) -> Result<Option<String>, ReportsError> {
        match job_id {
            9 => Err(ReportsError("the gateway does not answer".into())),
            job_id => BTreeMap::from([(7, BUNDLE.to_owned())]).of_job(job_id).await,
        }
    }
}

#[tokio::test]
async fn a_report_is_given_to_whoever_has_a_token_and_to_nobody_else() {
    let setup = with(Change { reports: Some(Arc::new(Hospital)), ..Change::default() }).await;
    assert_eq!(setup.json("/config.json").await["reports"], true);
    for token in ["", "0", &"0".repeat(64), &setup.tokens[0][..63]] {
        let answer = setup.ask("GET", "/x/reports/7").token(token).send().await;
        assert_eq!((answer.status, answer.kind().as_str()), (401, "no_token"), "{token:?}");
    }
    assert_eq!(setup.ask("GET", "/x/reports/7").send().await.status, 401);
    let in_address = format!("/x/reports/7?token={}", setup.tokens[0]);
    assert_eq!(setup.ask("GET", &in_address).send().await.status, 401);

    for answer in
        [setup.main("GET", "/x/reports/7").send().await, setup.second("GET", "/x/reports/7").send().await]
    {
        // As it was written: digits stay.
        assert_eq!((answer.status, answer.text()), (200, BUNDLE));
        assert_eq!(answer.header("content-type"), Some("application/fhir+json"));
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
    }
    let none = setup.main("GET", "/x/reports/8").send().await;
    assert_eq!((none.status, none.kind().as_str()), (404, "not_found"));
    let silent = setup.main("GET", "/x/reports/9").send().await;
    assert_eq!((silent.status, silent.kind().as_str()), (502, "unreachable"));
    for path in ["/x/reports/", "/x/reports/07", "/x/reports/7/8", "/x/reports/7?job=8"] {
        let bad = setup.main("GET", path).send().await;
        assert_eq!((bad.status, bad.kind().as_str()), (400, "bad_request"), "{path}");
    }
    assert_eq!(setup.main("DELETE", "/x/reports/7").send().await.status, 405);
    // Another page in the browser can neither read it nor open it.
    let link = setup.main("GET", "/x/reports/7").header("sec-fetch-site", "cross-site");
    let link = link.header("sec-fetch-mode", "navigate").header("sec-fetch-dest", "document");
    assert_eq!(link.send().await.status, 403);
}

#[tokio::test]
async fn a_server_without_reports_says_so() {
    let setup = setup().await;
    assert_eq!(setup.json("/config.json").await["reports"], false);
    let none = setup.main("GET", "/x/reports/7").send().await;
    assert_eq!((none.status, none.kind().as_str()), (404, "not_found"));
}
