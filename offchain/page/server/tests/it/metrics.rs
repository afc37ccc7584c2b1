//! What is counted, and that docs/metrics.md says so.

use bithive_exchange::Protocol;

use crate::setup::{NATIVE, setup};

const DOCS: &str = include_str!("../../../../../docs/metrics.md");

#[tokio::test]
async fn requests_are_counted_and_every_metric_is_documented() {
    let setup = setup().await;
    let (_, section) = DOCS.split_once("\n## page\n\n").expect("there is a section of the page");
    let documented = section.split("\n\n").next().unwrap().trim_end();
    let expected = setup.metrics.markdown();
    assert_eq!(documented, expected.trim_end(), "docs/metrics.md, section page, has to be:\n{expected}");

    setup.json("/config.json").await;
    setup.ask("POST", "/rpc").body(r#"{"id":1,"method":"health"}"#).send().await;
    setup.ask("GET", "/x/session").send().await;
    setup.ask("GET", "/").header("host", "evil.example").send().await;
    let path = format!("/x/ask?to={NATIVE}&protocol={}", Protocol::Evaluate.name());
    assert_eq!(setup.main("POST", &path).body("x").send().await.kind(), "unreachable");
    let content = vec![7; 1_000];
    let blob = format!("/x/blobs/{}", blake3::hash(&content).to_hex());
    assert_eq!(setup.main("PUT", &blob).body(content).send().await.status, 201);
    assert_eq!(setup.main("GET", &blob).send().await.body.len(), 1_000);
    let monitor = setup.page.monitor();
    monitor.refresh();
    let text = setup.metrics.encode();
    for line in [
        "bithive_page_requests_total{area=\"page\"} 1",
        "bithive_page_requests_total{area=\"rpc\"} 1",
        "bithive_page_requests_total{area=\"courier\"} 4",
        "bithive_page_refused_total{reason=\"no_token\"} 1",
        "bithive_page_refused_total{reason=\"wrong_host\"} 1",
        "bithive_page_refused_total{reason=\"unreachable\"} 1",
        "bithive_page_content_bytes_total{direction=\"received\"} 1000",
        "bithive_page_content_bytes_total{direction=\"sent\"} 1000",
        "bithive_page_listeners 0",
    ] {
        assert!(text.contains(&format!("{line}\n")), "{line}: {text}");
    }
    let status = monitor.status();
    assert_eq!(status["sessions"], 2);
    let shown = serde_json::Value::Object(status).to_string();
    assert!(setup.tokens.iter().all(|token| !shown.contains(token) && !text.contains(token)), "{shown}");
}
