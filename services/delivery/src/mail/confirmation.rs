//! The mail that asks somebody to confirm.

use contracts::events::SubscriberRegisteredV1;
use jiff::Timestamp;
use uuid::Uuid;

use super::{Email, MailTags, Sender, html::escape};

/// The confirmation mail of the event `event_id`; every repetition of it has
/// the same `Message-ID`.
pub(crate) fn confirmation(
    from: &Sender,
    event_id: Uuid,
    registered: &SubscriberRegisteredV1,
    now: Timestamp,
) -> Email {
    let newsletter = from.newsletter();
    let name = registered.name.expose();
    let url = registered.confirmation_url.expose();
    Email {
        message_id: format!("{event_id}@{}", from.domain()),
        date: now,
        from: from.clone(),
        to: registered.email.clone(),
        subject: "Welcome!".to_owned(),
        text: text(newsletter, name, url),
        html: html(&escape(newsletter), &escape(name), &escape(url)),
        headers: Vec::new(),
        tags: MailTags::Confirmation {
            subscriber_id: registered.subscriber_id,
            event_id,
        },
    }
}

fn text(newsletter: &str, name: &str, url: &str) -> String {
    format!(
        "Hello {name},\n\
         \n\
         Welcome to {newsletter}!\n\
         \n\
         Please confirm your subscription by visiting this link:\n\
         {url}\n\
         \n\
         If you did not ask for this, you can ignore this mail: without your\n\
         confirmation you will get no newsletter.\n"
    )
}

fn html(newsletter: &str, name: &str, url: &str) -> String {
    format!(
        "<!DOCTYPE html>\n\
         <html lang=\"en\">\n\
         <head><meta charset=\"utf-8\"><title>Welcome!</title></head>\n\
         <body>\n\
         <p>Hello {name},</p>\n\
         <p>Welcome to {newsletter}!</p>\n\
         <p><a href=\"{url}\">Please confirm your subscription.</a></p>\n\
         <p>If you did not ask for this, you can ignore this mail: without your \
         confirmation you will get no newsletter.</p>\n\
         </body>\n\
         </html>\n"
    )
}
