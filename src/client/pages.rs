//! Walking pages: lists to their end, all at the clocks of the first page.

use super::{Client, ClientError};
use crate::proto::v1;

impl Client {
    /// The title of a ledger, by its resource name.
    pub async fn title_of(&self, ledger: &str) -> Result<String, ClientError> {
        let request = v1::GetLedgerRequest { name: ledger.to_owned() };
        Ok(self.ledgers().get_ledger(request).await?.into_inner().ledger.unwrap_or_default().title)
    }

    /// Every named cursor of a ledger, by its resource name.
    pub async fn cursors(&self, ledger: &str) -> Result<Vec<v1::Cursor>, ClientError> {
        let mut cursors = Vec::new();
        let mut request = v1::ListCursorsRequest { parent: ledger.to_owned(), page_size: 0, page_token: String::new() };
        loop {
            let page = self.changes().list_cursors(request.clone()).await?.into_inner();
            cursors.extend(page.cursors);
            if page.next_page_token.is_empty() {
                return Ok(cursors);
            }
            request.page_token = page.next_page_token;
        }
    }

    /// Every token of the server.
    pub async fn tokens(&self) -> Result<Vec<v1::Token>, ClientError> {
        let mut tokens = Vec::new();
        let mut request = v1::ListTokensRequest::default();
        loop {
            let page = self.admin().list_tokens(request.clone()).await?.into_inner();
            tokens.extend(page.tokens);
            if page.next_page_token.is_empty() {
                return Ok(tokens);
            }
            request.page_token = page.next_page_token;
        }
    }

    /// Every deadline that a request asks for.
    pub async fn deadlines(
        &self,
        mut request: v1::ListDeadlinesRequest,
    ) -> Result<(Vec<v1::Deadline>, v1::ResolvedClocks), ClientError> {
        let mut deadlines = Vec::new();
        loop {
            let page = self.compliance().list_deadlines(request.clone()).await?.into_inner();
            deadlines.extend(page.deadlines);
            if page.next_page_token.is_empty() {
                return Ok((deadlines, page.clocks.unwrap_or_default()));
            }
            request.page_token = page.next_page_token;
        }
    }

    /// Every difference that a request asks for, with what the two coordinates resolved to: then, and now.
    pub async fn differences(
        &self,
        mut request: v1::CompareAssessmentsRequest,
    ) -> Result<(Vec<v1::AssessmentChange>, v1::ResolvedClocks, v1::ResolvedClocks), ClientError> {
        let mut changes = Vec::new();
        loop {
            let page = self.compliance().compare_assessments(request.clone()).await?.into_inner();
            changes.extend(page.changes);
            if page.next_page_token.is_empty() {
                return Ok((changes, page.then.unwrap_or_default(), page.now.unwrap_or_default()));
            }
            request.page_token = page.next_page_token;
        }
    }
}
