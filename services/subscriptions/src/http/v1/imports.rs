//! `POST /v1/subscribers/import`, `GET /v1/imports/{id}`

use axum::{
    Extension, Json,
    extract::{Request, State},
    http::{StatusCode, header::LOCATION},
};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::bearer::Caller;
use crate::{
    domain::import::{Import, ImportStatus, InvalidList, MAX_LIST_BYTES, Rejection},
    http::{Problem, Shared, admin::id::Id, body, fields::has_media_type},
    use_cases::{
        show_import::show_import,
        start_import::{StartImportError, start_import},
    },
};

const CSV: &str = "text/csv";

/// Where an import stands; `finished` and `failed` are final.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ImportStatus)]
pub(crate) enum Status {
    Running,
    Finished,
    Failed,
}

impl From<ImportStatus> for Status {
    fn from(status: ImportStatus) -> Self {
        match status {
            ImportStatus::Running => Self::Running,
            ImportStatus::Finished => Self::Finished,
            ImportStatus::Failed => Self::Failed,
        }
    }
}

/// An import that was started.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = StartedImport, example = json!({
    "id": "b7c2a0de-91a5-4b44-8f0e-6a1d3c5f7e11"
}))]
pub(crate) struct StartedImport {
    /// Names the import.
    id: Uuid,
}

/// An import, and how far it is.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Import, example = json!({
    "id": "b7c2a0de-91a5-4b44-8f0e-6a1d3c5f7e11",
    "status": "finished",
    "rows": 4, "imported": 2, "already_known": 1, "rejected": 1,
    "rejections": [{"line": 3, "reason": "The email is not a valid e-mail address."}]
}))]
pub(crate) struct ImportBody {
    /// Names the import.
    id: Uuid,
    /// Where it stands.
    status: Status,
    /// All rows of the list.
    rows: u64,
    /// Rows that made somebody a confirmed subscriber.
    imported: u64,
    /// Rows with an address that was known already, or stands in an earlier
    /// row.
    already_known: u64,
    /// Rows that are no subscriber.
    rejected: u64,
    /// The first 100 of them.
    rejections: Vec<RejectionBody>,
}

/// A row that is no subscriber.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Rejection)]
pub(crate) struct RejectionBody {
    /// The line of the list on which the row begins; the header is on line 1.
    line: u64,
    /// Why, for people.
    reason: String,
}

impl From<Import> for ImportBody {
    fn from(import: Import) -> Self {
        let rejections = import.rejections.into_iter();
        Self {
            id: import.id,
            status: import.status.into(),
            rows: import.rows,
            imported: import.imported,
            already_known: import.already_known,
            rejected: import.rejected,
            rejections: rejections.map(RejectionBody::from).collect(),
        }
    }
}

impl From<Rejection> for RejectionBody {
    fn from(Rejection { line, reason }: Rejection) -> Self {
        Self { line, reason }
    }
}

impl From<StartImportError> for Problem {
    fn from(error: StartImportError) -> Self {
        match error {
            StartImportError::Invalid(reason) => Self::bad_request(reason),
            StartImportError::Store(error) => error.into(),
            StartImportError::Interrupted => {
                tracing::error!(%error, "a request was not carried out");
                Self::internal()
            }
        }
    }
}

/// Import subscribers
///
/// Makes the rows of a list confirmed subscribers: you vouch for their consent.
/// Nobody is mailed. The first line names the columns, `email` and `name` among
/// them; fields are separated by commas and may be quoted (RFC 4180). Whoever
/// has unsubscribed, bounced or complained stays as they are. The list is
/// worked off in the background.
#[utoipa::path(
    post,
    path = "/v1/subscribers/import",
    tag = "imports",
    operation_id = "startImport",
    request_body(
        content = String, content_type = "text/csv",
        description = "The list, in UTF-8, at most 4 MB.",
        example = "email,name\nann@example.com,Ann\n\"ben@example.com\",\"Ben, the other one\"\n",
    ),
    responses(
        (
            status = 202, description = "The list is taken in.", body = StartedImport,
            headers(("Location" = String, description = "Where to see how far the import is."))
        ),
        (status = 400, description = "It is no such list."),
        (status = 413, description = "The list is longer than 4 MB: import it in several parts."),
        (status = 415, description = "It is not said to be text/csv."),
    )
)]
pub(crate) async fn start(
    State(app): State<Shared>,
    Extension(Caller(user)): Extension<Caller>,
    request: Request,
) -> Result<
    (
        StatusCode,
        [(axum::http::HeaderName, String); 1],
        Json<StartedImport>,
    ),
    Problem,
> {
    let list = read(request).await?;
    let id = start_import(&app, user.id, list).await?;
    let location = format!("/v1/imports/{id}");
    Ok((
        StatusCode::ACCEPTED,
        [(LOCATION, location)],
        Json(StartedImport { id }),
    ))
}

/// See how far an import is
///
/// The counts cover what is worked off so far; of a finished import they cover
/// the whole list, and an issue published from then on reaches all of it.
#[utoipa::path(
    get,
    path = "/v1/imports/{id}",
    tag = "imports",
    operation_id = "getImport",
    params(("id" = Uuid, Path, description = "The import's id.")),
    responses(
        (status = 200, description = "The import.", body = ImportBody),
        (status = 404, description = "There is no such import."),
    )
)]
pub(crate) async fn show(
    State(app): State<Shared>,
    Id(id): Id,
) -> Result<Json<ImportBody>, Problem> {
    let import = show_import(&app, id).await?;
    let import = import.ok_or_else(Problem::not_found)?;
    Ok(Json(import.into()))
}

/// The list in the request's body.
async fn read(request: Request) -> Result<bytes::Bytes, Problem> {
    if !has_media_type(&request, CSV) {
        body::discard(request.into_body()).await;
        return Err(Problem::unsupported(
            "This takes a list: send it with `Content-Type: text/csv`.",
        ));
    }
    let read = body::read(request.into_body(), MAX_LIST_BYTES).await;
    read.map_err(|problem| match problem.status {
        StatusCode::PAYLOAD_TOO_LARGE => {
            Problem::new(problem.status, InvalidList::TooLong.to_string())
        }
        _ => problem,
    })
}
