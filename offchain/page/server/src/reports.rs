//! `/x/reports/JOB`: what became of jobs, for those with a session's token. The chain has none of it.

use std::collections::BTreeMap;

use async_trait::async_trait;
use bithive_chain::http::{ReplyBody, begin_work, reply};
use hyper::body::Incoming;
use hyper::{Request, Response, StatusCode};

use crate::input::{Parameters, shown};
use crate::refused::{Kind, Refused};
use crate::session::{Doing, Session};

const FHIR: &str = "application/fhir+json";

/// Where reports of the market's jobs are.
#[async_trait]
pub trait Reports: Send + Sync {
    /// The report of a job, a Bundle of FHIR R4 as JSON; nothing where there is none.
    ///
    /// # Errors
    /// [`ReportsError`].
    async fn of_job(&self, job_id: u64) -> Result<Option<String>, ReportsError>;
}

/// Where reports are can't be asked, in words without a part of a report.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ReportsError(pub String);

/// Reports that are there already, by the number of their job.
#[async_trait]
impl Reports for BTreeMap<u64, String> {
    async fn of_job(&self, job_id: u64) -> Result<Option<String>, ReportsError> {
        Ok(self.get(&job_id).cloned())
    }
}

/// `GET /x/reports/JOB`: the report of a job, a Bundle of FHIR; 404 where there is none.
pub(crate) async fn answer(
    reports: Option<&dyn Reports>,
    session: &Session,
    number: &str,
    request: &Request<Incoming>,
) -> Result<Response<ReplyBody>, Refused> {
    Parameters::read(request.uri(), &[])?;
    let job_id = job(number)?;
    let none = |what: String| Refused::new(Kind::NotFound, what);
    let reports = reports.ok_or_else(|| none("this server has no reports".into()))?;
    let _turn = session.turn(Doing::Ask)?;
    let _work = begin_work(request);
    let found = reports.of_job(job_id).await;
    let found = found.map_err(|error| Refused::new(Kind::Unreachable, error.to_string()))?;
    let text = found.ok_or_else(|| none(format!("this server has no report of job {job_id}")))?;
    Ok(reply(StatusCode::OK, FHIR, text).map(ReplyBody::Whole))
}

/// The number of a job in a path, in its one form.
fn job(text: &str) -> Result<u64, Refused> {
    let number = text.parse::<u64>().ok().filter(|number| number.to_string() == text);
    number.ok_or_else(|| Refused::bad(format!("{}: expected the number of a job", shown(text))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_has_one_path() {
        assert_eq!(job("7").unwrap(), 7);
        assert_eq!(job("18446744073709551615").unwrap(), u64::MAX);
        for text in ["", "07", "+7", "-7", "7/", "7.0", "18446744073709551616", "x"] {
            assert_eq!(job(text).unwrap_err().kind, Kind::BadRequest, "{text}");
        }
    }
}
