//! `POST /admin/imports`

use axum::{
    Extension,
    extract::{Request, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};

use super::{imports, upload::uploaded_file};
use crate::{
    domain::import::{InvalidList, MAX_LIST_BYTES},
    http::{Problem, Shared},
    use_cases::{
        resume_session::SignedIn,
        start_import::{StartImportError, start_import},
    },
};

/// The name of the field.
const LIST: &str = "list";

/// Takes in the list in the file that was chosen, and leads to the page that
/// shows how far it is.
pub(super) async fn start(
    State(app): State<Shared>,
    Extension(signed_in): Extension<SignedIn>,
    request: Request,
) -> Result<Response, Problem> {
    let list = match uploaded_file(request, LIST, MAX_LIST_BYTES).await {
        Ok(list) => list,
        Err(problem) => {
            let detail = match problem.status {
                StatusCode::PAYLOAD_TOO_LARGE => InvalidList::TooLong.to_string(),
                StatusCode::BAD_REQUEST => problem.detail,
                _ => return Err(problem),
            };
            return imports::refused(&app, &signed_in, problem.status, detail).await;
        }
    };
    match start_import(&app, signed_in.user.id, list).await {
        Ok(id) => Ok(Redirect::to(&format!("/admin/imports/{id}")).into_response()),
        Err(StartImportError::Invalid(reason)) => {
            imports::refused(&app, &signed_in, StatusCode::BAD_REQUEST, reason).await
        }
        Err(error) => Err(error.into()),
    }
}
