//! Reports that another program asks a gateway for.

use super::Place;
use super::http::Client;
use crate::reports::{Reports, ReportsError};

const BUNDLE: &str = r#"{"resourceType":"Bundle","type":"collection","identifier":{"system":"https://github.com/bithive/bithive/fhir/job","value":"hive-1/jobs/7"},"timestamp":"2026-03-09T10:00:00Z"}"#;

#[tokio::test]
async fn a_report_is_found_by_its_job_by_whoever_has_the_token() {
    let place = Place::new();
    let gateway = place.start().await;
    let address = gateway.web().unwrap();
    let client = Client { address, token: place.token() };
    let posted = client.ask("POST", "/fhir/Bundle", "application/fhir+json", BUNDLE.as_bytes()).await;
    assert_eq!(posted.status, 201, "{}", posted.text());
    let token = place.folder.path().join("web.token");
    let reports = Reports::of(&format!("http://{address}/"), &token).unwrap();
    let found = reports.of_job("hive-1/jobs/7").await.unwrap().unwrap();
    let found: serde_json::Value = serde_json::from_str(&found).unwrap();
    assert_eq!(found["identifier"]["value"], "hive-1/jobs/7");
    for name in ["hive-1/jobs/8", "hive-1/jobs/70", "hive-2/jobs/7", "a&identifier=hive-1/jobs/7"] {
        assert_eq!(reports.of_job(name).await, Ok(None), "{name}");
    }

    let other = place.folder.path().join("other.token");
    crate::auth::Token::create(&other).unwrap();
    let stranger = Reports::of(&format!("http://{address}"), &other).unwrap();
    assert_eq!(stranger.of_job("hive-1/jobs/7").await, Err(ReportsError::Refused(401)));
    gateway.stop().await;
    assert!(matches!(reports.of_job("hive-1/jobs/7").await, Err(ReportsError::Unreachable(_))));
    for bad in ["http://gateway.example", "ftp://127.0.0.1", "http://a:b@127.0.0.1/", ""] {
        let error = Reports::of(bad, &token).err().unwrap().to_string();
        assert!(error.contains("https://"), "{bad}: {error}");
    }
}
