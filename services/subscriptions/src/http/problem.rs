//! What went wrong, as a client is told.

use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};

use super::problem_kind::ProblemKind;
use crate::{store::StoreError, use_cases::fault::Fault};

/// An error answer. A handler returns it; `render_problems` makes a page of it
/// or, for JSON clients, `application/problem+json` (RFC 9457). It never
/// repeats what the client sent.
#[derive(Debug, Clone)]
pub(crate) struct Problem {
    /// The status; its reason phrase is the title.
    pub(crate) status: StatusCode,
    /// What programs tell it by.
    pub(crate) kind: ProblemKind,
    /// What is wrong, for people.
    pub(crate) detail: String,
    /// The fields that are wrong, where it is about fields.
    pub(crate) errors: Vec<FieldError>,
}

/// What is wrong with one field.
#[derive(Debug, Clone, serde::Serialize, utoipa::ToSchema)]
pub(crate) struct FieldError {
    /// The name of the field, the parameter or the header.
    pub(crate) field: &'static str,
    /// What is wrong with its value, without the value.
    pub(crate) detail: String,
}

impl Problem {
    /// Any status with a sentence for people.
    pub(crate) fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self::of(ProblemKind::of(status), detail)
    }

    /// A kind of problem with a sentence for people.
    pub(crate) fn of(kind: ProblemKind, detail: impl Into<String>) -> Self {
        Self {
            status: kind.status(),
            kind,
            detail: detail.into(),
            errors: Vec::new(),
        }
    }

    /// 400 that names each bad field.
    pub(crate) fn invalid(errors: Vec<FieldError>) -> Self {
        Self {
            errors,
            ..Self::new(
                StatusCode::BAD_REQUEST,
                "Some of the fields are missing or invalid.",
            )
        }
    }

    /// 400
    pub(crate) fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, detail)
    }

    /// 401, for a link whose token is not good (any more).
    pub(crate) fn unauthorized(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, detail)
    }

    /// 404
    pub(crate) fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "There is nothing here.")
    }

    /// 405
    pub(crate) fn method_not_allowed() -> Self {
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "This address does not take that method.",
        )
    }

    /// 415
    pub(crate) fn unsupported(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail)
    }

    /// 500, for a fault of ours that was logged where it was found.
    pub(crate) fn internal() -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "Something went wrong on our side.",
        )
    }

    /// 503
    pub(crate) fn unavailable() -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "We cannot do this just now. Please try again in a moment.",
        )
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "a request was not carried out");
        if error.is_transient() {
            Self::unavailable()
        } else {
            Self::internal()
        }
    }
}

impl From<dynamo::ReadError> for Problem {
    fn from(error: dynamo::ReadError) -> Self {
        StoreError::from(error).into()
    }
}

impl From<Fault> for Problem {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Store(error) => error.into(),
            Fault::Hashing(error) => {
                tracing::error!(%error, "a request was not carried out");
                Self::internal()
            }
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}
