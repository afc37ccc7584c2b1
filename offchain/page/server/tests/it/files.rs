//! The files of the page.

use crate::setup::setup;

#[tokio::test]
async fn the_page_is_what_verify_says() {
    let setup = setup().await;
    for file in bithive_page::files().unwrap() {
        let answer = setup.ask("GET", &format!("/{}", file.path)).send().await;
        assert_eq!((answer.status, answer.body.len()), (200, file.bytes), "{}", file.path);
        assert_eq!(answer.header("etag"), Some(format!("\"{}\"", file.sha256).as_str()), "{}", file.path);
        // A model has no type of its own.
        let model = file.path.ends_with(".onnx");
        let kind = answer.header("content-type");
        assert!(kind.is_some_and(|kind| model || kind != "application/octet-stream"), "{}", file.path);
        let head = setup.ask("HEAD", &format!("/{}", file.path)).send().await;
        assert_eq!((head.status, head.body.len()), (200, 0), "{}", file.path);
        assert_eq!(head.header("content-length"), Some(file.bytes.to_string().as_str()), "{}", file.path);
        let tag = answer.header("etag").unwrap().to_owned();
        let again = setup.ask("GET", &format!("/{}", file.path)).header("if-none-match", &tag).send().await;
        assert_eq!((again.status, again.body.len()), (304, 0), "{}", file.path);
    }
    let index = setup.ask("GET", "/").send().await;
    assert_eq!(index.header("content-type"), Some("text/html; charset=utf-8"));
}

#[tokio::test]
async fn paths_lead_to_files_of_the_page_and_to_nothing_else() {
    let setup = setup().await;
    for path in [
        "/../Cargo.toml",
        "/%2e%2e/Cargo.toml",
        "/assets/../../Cargo.toml",
        "//etc/hosts.txt",
        "/index.html/x.js",
        "/.env",
        "/checksums.txt",
    ] {
        let answer = setup.ask("GET", path).header("accept", "text/html").send().await;
        assert_eq!((answer.status, answer.kind().as_str()), (404, "not_found"), "{path}");
    }
    let view = setup.ask("GET", "/jobs/7").header("accept", "text/html").send().await;
    assert_eq!(view.header("content-type"), Some("text/html; charset=utf-8"));
    let script = setup.ask("GET", "/jobs/7").send().await;
    assert_eq!(script.status, 404, "what asks for no page gets none");
    let api = setup.ask("GET", "/rest/none").header("accept", "text/html").send().await;
    assert_eq!(api.status, 501);
}

#[tokio::test]
async fn the_page_is_told_its_network_and_the_reference_string_is_that_of_the_registry() {
    let setup = setup().await;
    let config = setup.json("/config.json").await;
    assert_eq!(config["format"], 1);
    assert_eq!(config["chain"]["kind"], "embedded");
    let deployment = setup.local.client.deployment();
    assert_eq!(config["chain"]["id"], deployment.chain_id.as_str());
    for (contract, address) in deployment.contracts() {
        assert_eq!(config["contracts"][contract.to_string()], address, "{contract}");
    }
    assert_eq!(config["courier"]["endpoint"], crate::setup::MAIN.to_string());
    assert_eq!(config["limits"]["batch"], 64);
    let bytes = setup.ask("GET", "/reference-string").send().await;
    assert_eq!(config["reference_string"]["bytes"], bytes.body.len());
    setup.local.client.check_reference_string(&bytes.body, "the server's").await.unwrap();
    let tag = bytes.header("etag").unwrap().to_owned();
    let again = setup.ask("GET", "/reference-string").header("if-none-match", &tag).send().await;
    assert_eq!((again.status, again.body.len()), (304, 0));
    let health = setup.json("/health").await;
    assert_eq!(health["ok"], true);
    assert!(health["height"].as_str().unwrap().parse::<u64>().unwrap() > 0);
}
