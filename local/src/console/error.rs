//! Answers to what cannot be answered.

use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};

use crate::{hosting::Service, peer::SAME_SERVICE, queue::DatabaseError};

/// Why a request is not answered.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConsoleError {
    #[error("There is nothing at this address.")]
    NotFound,
    #[error("{0}")]
    BadRequest(&'static str),
    #[error("The body is not a batch of events.")]
    BadBatch(StatusCode),
    #[error("This process runs {0} as well: --peer names the wrong console.")]
    SameService(Service),
    #[error("The console's data cannot be read now.")]
    Database(#[from] DatabaseError),
    #[error("The page cannot be shown.")]
    Template(#[from] askama::Error),
}

impl IntoResponse for ConsoleError {
    fn into_response(self) -> Response {
        let status = match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::BadRequest(_) => StatusCode::BAD_REQUEST,
            Self::BadBatch(status) => status,
            Self::SameService(service) => {
                tracing::error!(%service, "events of the service that runs here were forwarded here");
                SAME_SERVICE
            }
            Self::Database(ref error) => {
                tracing::error!(%error, "the console's data cannot be read");
                StatusCode::INTERNAL_SERVER_ERROR
            }
            Self::Template(ref error) => {
                tracing::error!(%error, "a page of the console cannot be shown");
                StatusCode::INTERNAL_SERVER_ERROR
            }
        };
        (status, format!("{self}\n")).into_response()
    }
}

pub(crate) async fn not_found() -> ConsoleError {
    ConsoleError::NotFound
}
