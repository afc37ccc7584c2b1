//! Encrypted contents, and who may read them.

use bithive_api::grants::{ContentResponse, PermitResponse, QueryMsg, Standing, limits};

use crate::{Client, GrantError, List, MOST_PAGES};

impl Client {
    /// A content that its author has registered, by the digest of its ciphertext.
    ///
    /// # Errors
    /// [`GrantError`].
    pub async fn content(&self, content: [u8; 32]) -> Result<Option<ContentResponse>, GrantError> {
        self.ask_grants(&QueryMsg::Content { content: content.into() }).await
    }

    /// Whether an account may read a content now.
    ///
    /// # Errors
    /// [`GrantError`].
    pub async fn allowed(&self, content: [u8; 32], reader: &str) -> Result<Standing, GrantError> {
        self.ask_grants(&QueryMsg::Allowed { content: content.into(), reader: reader.into() }).await
    }

    /// Permits of a content, by the reader's address: the first [`MOST_PAGES`] pages.
    ///
    /// # Errors
    /// [`GrantError`].
    pub async fn permits(&self, content: [u8; 32]) -> Result<List<PermitResponse>, GrantError> {
        let mut entries: Vec<PermitResponse> = Vec::new();
        for _ in 0..MOST_PAGES {
            let start_after = entries.last().map(|row| row.reader.to_string());
            let limit = Some(limits::MAX_PAGE);
            let question = QueryMsg::Permits { content: content.into(), start_after, limit };
            let page: Vec<PermitResponse> = self.ask_grants(&question).await?;
            if page.is_empty() {
                return Ok(List { entries, complete: true });
            }
            entries.extend(page);
        }
        Ok(List { entries, complete: false })
    }
}
