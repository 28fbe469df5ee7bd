//! The kinds of problems that programs can tell apart.

use axum::http::StatusCode;

/// A kind of problem: its name ends the `type` of a problem document and never
/// changes. Each is explained in `docs/api.md`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ProblemKind {
    /// 400: a field, a parameter, a header or the body is not what it has to be.
    Invalid,
    /// 401: no token, or one that is not good.
    Unauthorized,
    /// 401: the username and password are not right.
    WrongCredentials,
    /// 403: not with these rights, or from there.
    Forbidden,
    /// 403: the password is a one-time password.
    PasswordChangeRequired,
    /// 404
    NotFound,
    /// 405
    MethodNotAllowed,
    /// 408: the body came too slowly.
    RequestTimeout,
    /// 409: not in the present state.
    Conflict,
    /// 413: the body, or what is in it, is too large.
    TooLarge,
    /// 415
    UnsupportedMediaType,
    /// 422: the idempotency key was used for something else.
    IdempotencyKeyReused,
    /// 500: a fault of ours.
    Internal,
    /// 503: it may go better in a moment.
    Unavailable,
    /// Whatever else has a status.
    Other(StatusCode),
}

impl ProblemKind {
    /// What the `type` of every problem begins with.
    pub(crate) const URI_PREFIX: &str = "urn:pennypost:problem:";

    /// Every kind with a name.
    pub(crate) const ALL: [Self; 14] = [
        Self::Invalid,
        Self::Unauthorized,
        Self::WrongCredentials,
        Self::Forbidden,
        Self::PasswordChangeRequired,
        Self::NotFound,
        Self::MethodNotAllowed,
        Self::RequestTimeout,
        Self::Conflict,
        Self::TooLarge,
        Self::UnsupportedMediaType,
        Self::IdempotencyKeyReused,
        Self::Internal,
        Self::Unavailable,
    ];

    /// The kind that a status alone tells of.
    pub(crate) fn of(status: StatusCode) -> Self {
        let mut known = Self::ALL.into_iter();
        known
            .find(|kind| kind.status() == status)
            .unwrap_or(Self::Other(status))
    }

    /// The status that it is answered with.
    pub(crate) const fn status(self) -> StatusCode {
        match self {
            Self::Invalid => StatusCode::BAD_REQUEST,
            Self::Unauthorized | Self::WrongCredentials => StatusCode::UNAUTHORIZED,
            Self::Forbidden | Self::PasswordChangeRequired => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::RequestTimeout => StatusCode::REQUEST_TIMEOUT,
            Self::Conflict => StatusCode::CONFLICT,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::IdempotencyKeyReused => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::Other(status) => status,
        }
    }

    /// The `type` of a problem document.
    pub(crate) fn uri(self) -> String {
        match self.name() {
            Some(name) => format!("{}{name}", Self::URI_PREFIX),
            None => "about:blank".to_owned(),
        }
    }

    const fn name(self) -> Option<&'static str> {
        Some(match self {
            Self::Invalid => "invalid",
            Self::Unauthorized => "unauthorized",
            Self::WrongCredentials => "wrong-credentials",
            Self::Forbidden => "forbidden",
            Self::PasswordChangeRequired => "password-change-required",
            Self::NotFound => "not-found",
            Self::MethodNotAllowed => "method-not-allowed",
            Self::RequestTimeout => "request-timeout",
            Self::Conflict => "conflict",
            Self::TooLarge => "too-large",
            Self::UnsupportedMediaType => "unsupported-media-type",
            Self::IdempotencyKeyReused => "idempotency-key-reused",
            Self::Internal => "internal",
            Self::Unavailable => "unavailable",
            Self::Other(_) => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The page that programs' authors read.
    const DOCUMENTATION: &str = include_str!("../../../../docs/api.md");

    #[test]
    fn every_kind_is_explained_with_its_status() {
        for kind in ProblemKind::ALL {
            let row = format!("| `{}` | {} |", kind.uri(), kind.status().as_u16());
            assert!(DOCUMENTATION.contains(&row), "{row} is not in docs/api.md");
        }
    }

    #[test]
    fn a_status_alone_is_of_its_general_kind() {
        let kind = |status| ProblemKind::of(status).uri();
        assert_eq!(
            kind(StatusCode::UNAUTHORIZED),
            "urn:pennypost:problem:unauthorized"
        );
        assert_eq!(
            kind(StatusCode::FORBIDDEN),
            "urn:pennypost:problem:forbidden"
        );
        assert_eq!(kind(StatusCode::IM_A_TEAPOT), "about:blank");
    }
}
