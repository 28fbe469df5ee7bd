//! `GET /openapi.json`: what is the same for all routes is added here, the rest
//! stands at the handlers.

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        Components, Content, Header, Info, License, OpenApi, OpenApiBuilder, Ref, RefOr, Server,
        path::{Operation, PathItem},
        response,
        security::{Http, HttpAuthScheme, SecurityRequirement, SecurityScheme},
        tag::TagBuilder,
    },
};

use crate::http::{Links, problem::FieldError, problem_document::ProblemDocument};

/// The name of the security scheme.
const TOKEN: &str = "token";
/// The name of the schema of problems.
const PROBLEM: &str = "Problem";
const REQUEST_ID: &str = "X-Request-Id";

/// What can become of any request.
const ALWAYS: [(&str, &str); 2] = [
    ("500", "Something went wrong on our side."),
    (
        "503",
        "Not just now. Try again after `Retry-After` seconds.",
    ),
];
/// What can become of a request that shows a token.
const WITH_TOKEN: (&str, &str) = ("401", "There is no token, or none that is good.");
/// What can become of a request with a body.
const WITH_BODY: [(&str, &str); 3] = [
    ("408", "The body took too long to arrive."),
    ("413", "The body is too large."),
    ("415", "The body is of another type."),
];

/// The package's version without its build metadata: by SemVer 2.0.0, section
/// 10, two builds of one version differ in nothing that a caller could see.
const VERSION: &str = concat!(
    env!("CARGO_PKG_VERSION_MAJOR"),
    ".",
    env!("CARGO_PKG_VERSION_MINOR"),
    ".",
    env!("CARGO_PKG_VERSION_PATCH")
);

/// The document without its routes.
pub(crate) fn frame(links: &Links) -> OpenApi {
    let mut info = Info::new("Pennypost", VERSION);
    info.description = Some(
        "What programs do with a newsletter: import subscribers, publish issues, follow them. \
         Get a token with `POST /v1/tokens` and send it as `Authorization: Bearer TOKEN`. \
         Every error is a problem document (RFC 9457); every answer has an `X-Request-Id`."
            .to_owned(),
    );
    let mut license = License::new("MIT OR Apache-2.0");
    license.identifier = Some("MIT OR Apache-2.0".to_owned());
    info.license = Some(license);
    let mut components = Components::new();
    components.add_security_scheme(
        TOKEN,
        SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)),
    );
    let tags = [
        ("tokens", "What programs sign in with."),
        ("issues", "Publishing, and what became of it."),
        ("subscribers", "Those who get the issues."),
    ];
    OpenApiBuilder::new()
        .info(info)
        .servers(Some([Server::new(links.base())]))
        .components(Some(components))
        .security(Some([SecurityRequirement::new(TOKEN, [""; 0])]))
        .tags(Some(tags.map(|(name, description)| {
            TagBuilder::new()
                .name(name)
                .description(Some(description))
                .build()
        })))
        .build()
}

/// Adds what is the same for all routes: the errors that any of them may have,
/// their bodies, and the headers of all answers.
pub(crate) fn complete(document: &mut OpenApi) {
    let components = document.components.get_or_insert_default();
    let schemas = &mut components.schemas;
    schemas.insert(PROBLEM.to_owned(), ProblemDocument::schema());
    schemas.insert(FieldError::name().into_owned(), FieldError::schema());
    for item in document.paths.paths.values_mut() {
        for operation in operations(item) {
            complete_operation(operation);
        }
    }
}

/// The answer of `GET /openapi.json`.
pub(crate) fn serve(document: &OpenApi) -> Response {
    Json(document).into_response()
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [
        &mut item.get,
        &mut item.post,
        &mut item.put,
        &mut item.patch,
        &mut item.delete,
    ]
    .into_iter()
    .flatten()
}

fn complete_operation(operation: &mut Operation) {
    let takes_token = operation.security.is_none();
    let takes_body = operation.request_body.is_some();
    let responses = &mut operation.responses.responses;
    let common = ALWAYS
        .iter()
        .chain(takes_token.then_some(&WITH_TOKEN))
        .chain(takes_body.then_some(&WITH_BODY).into_iter().flatten());
    for (status, description) in common {
        responses
            .entry((*status).to_owned())
            .or_insert_with(|| RefOr::T(response::Response::new(*description)));
    }
    for (status, response) in responses {
        if let RefOr::T(response) = response {
            complete_response(status, response);
        }
    }
}

fn complete_response(status: &str, response: &mut response::Response) {
    let mut header = |name: &str, description: &str| {
        let mut header = Header::default();
        header.description = Some(description.to_owned());
        response.headers.insert(name.to_owned(), RefOr::T(header));
    };
    header(REQUEST_ID, "Names the request in the logs.");
    match status {
        "401" => header("WWW-Authenticate", "`Bearer`"),
        "503" => header("Retry-After", "Seconds to wait."),
        _ => {}
    }
    if status >= "400" && response.content.is_empty() {
        let schema = Ref::from_schema_name(PROBLEM);
        response.content.insert(
            ProblemDocument::MEDIA_TYPE.to_owned(),
            RefOr::T(Content::new(Some(schema))),
        );
    }
}
