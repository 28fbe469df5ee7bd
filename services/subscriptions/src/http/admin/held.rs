//! `POST /admin/newsletters/{id}/held`

use axum::{
    Extension,
    extract::{Request, State},
    http::StatusCode,
    response::Response,
};

use super::{FORM_LIMIT, id::Id};
use crate::{
    domain::SubscriberId,
    http::{Problem, Shared, fields::Fields, flash::Flash, problem::FieldError},
    use_cases::{
        resolve_held::{Held, HeldAction, resolve_held},
        resume_session::SignedIn,
    },
};

/// Decides about one held recipient, or about all; the page before has told
/// what that means.
pub(super) async fn resolve(
    State(app): State<Shared>,
    Extension(signed_in): Extension<SignedIn>,
    Id(id): Id,
    request: Request,
) -> Result<Response, Problem> {
    let fields = Fields::read(request, FORM_LIMIT).await?;
    let [action, who] = fields.all_of(["action", "subscriber_id"])?;
    let (action, flash) = match action {
        "resend" => (HeldAction::Resend, Flash::HeldResent),
        "drop" => (HeldAction::Drop, Flash::HeldDropped),
        _ => return Err(invalid("action")),
    };
    let held = match who {
        "all" => Held::All,
        one => {
            let one = one.parse().map_err(|_| invalid("subscriber_id"))?;
            Held::These(vec![SubscriberId(one)])
        }
    };
    let resolved = resolve_held(&app, signed_in.user.id, id, action, &held).await?;
    match resolved.ok_or_else(Problem::not_found)? {
        Ok(()) => {
            let list = format!("/admin/newsletters/{id}/exceptions?outcome=held");
            Ok(flash.redirect(&app, &list))
        }
        Err(refused) => Err(Problem::new(StatusCode::CONFLICT, refused.to_string())),
    }
}

fn invalid(field: &'static str) -> Problem {
    Problem::invalid(vec![FieldError {
        field,
        detail: format!("The {field} is none."),
    }])
}
