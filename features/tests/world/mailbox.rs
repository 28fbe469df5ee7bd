//! The mailbox, read through the dev console's Mailpit-style API.

use reqwest::{Client, Url};
use serde_json::Value;

/// How many mails to ask for at once.
const PAGE: usize = 200;

/// The console's mailbox.
#[derive(Clone)]
pub(crate) struct Mailbox {
    client: Client,
    console: Url,
}

/// A mail, as the mailbox shows it.
#[derive(Debug, Clone)]
pub(crate) struct Mail {
    pub(crate) id: String,
    pub(crate) subject: String,
    pub(crate) from: String,
    pub(crate) from_name: String,
    pub(crate) to: Vec<String>,
    pub(crate) text: String,
    pub(crate) html: String,
}

impl Mailbox {
    /// The mailbox of the console at `console`.
    pub(crate) fn at(console: Url) -> Self {
        Self {
            client: Client::new(),
            console,
        }
    }

    /// The ids of the mails to `address` with exactly this `subject`, oldest
    /// first.
    pub(crate) async fn ids(&self, address: &str, subject: &str) -> Vec<String> {
        let mut url = self.url("api/v1/search");
        url.query_pairs_mut()
            .append_pair("query", &format!("to:{address}"));
        let found = self.json(url).await;
        let newest_first = found["messages"].as_array().expect("a list of messages");
        newest_first
            .iter()
            .rev()
            .filter(|message| message["Subject"] == subject)
            .map(|message| text_of(message, "ID"))
            .collect()
    }

    /// Whom mails with exactly this `subject` are to, once for each mail.
    pub(crate) async fn addressees(&self, subject: &str) -> Vec<String> {
        let mut addressees = Vec::new();
        for start in (0..).step_by(PAGE) {
            let mut url = self.url("api/v1/messages");
            url.set_query(Some(&format!("start={start}&limit={PAGE}")));
            let found = self.json(url).await;
            let messages = found["messages"].as_array().expect("a list of messages");
            let ours = messages.iter().filter(|it| it["Subject"] == subject);
            addressees.extend(ours.map(|message| text_of(&message["To"][0], "Address")));
            if messages.len() < PAGE {
                break;
            }
        }
        addressees
    }

    /// The mail with this id.
    pub(crate) async fn mail(&self, id: &str) -> Mail {
        let message = self.json(self.url(&format!("api/v1/message/{id}"))).await;
        let to = message["To"].as_array().expect("a list of recipients");
        Mail {
            id: id.to_owned(),
            subject: text_of(&message, "Subject"),
            from: text_of(&message["From"], "Address"),
            from_name: text_of(&message["From"], "Name"),
            to: to
                .iter()
                .map(|address| text_of(address, "Address"))
                .collect(),
            text: text_of(&message, "Text"),
            html: text_of(&message, "HTML"),
        }
    }

    /// The values of the header `name` (in canonical form) of the mail `id`.
    pub(crate) async fn header(&self, id: &str, name: &str) -> Vec<String> {
        let url = self.url(&format!("api/v1/message/{id}/headers"));
        let headers = self.json(url).await;
        let values = headers[name].as_array().cloned().unwrap_or_default();
        values
            .iter()
            .map(|value| value.as_str().expect("a header is a text").to_owned())
            .collect()
    }

    fn url(&self, path: &str) -> Url {
        self.console
            .join(path)
            .expect("the console's paths are valid")
    }

    async fn json(&self, url: Url) -> Value {
        let answer = self.client.get(url).send().await;
        let answer = answer.expect("the console answers");
        assert!(answer.status().is_success(), "{answer:?}");
        answer.json().await.expect("the console answers with JSON")
    }
}

fn text_of(message: &Value, field: &str) -> String {
    message[field]
        .as_str()
        .unwrap_or_else(|| panic!("{field} is a text in {message}"))
        .to_owned()
}
