//! What a scenario knows: the system, the people, their browsers and mails.

mod actor;
mod browser;
mod clock;
mod links;
mod machine;
mod mail_server;
mod mailbox;
mod page;
mod system;
pub(crate) mod target;
mod waiting;

use std::{collections::HashMap, fmt};

use ambient::{Randomness, SystemRandomness};
use reqwest::Method;

pub(crate) use actor::Actor;
pub(crate) use browser::{Answer, Browser, FORM};
pub(crate) use links::{confirmation_links, path_of, unsubscribe_links};
pub(crate) use machine::{Machine, run_as_the_program_if_asked};
pub(crate) use mail_server::{MailServer, Manner};
pub(crate) use mailbox::{Mail, Mailbox};
pub(crate) use page::{flash, form_fields, hidden_value, issue_links, unescaped};
pub(crate) use system::System;
pub(crate) use waiting::until;

/// The actor whose user is there from the start.
pub(crate) const ADMIN: &str = "admin";

/// The subject of every confirmation mail.
pub(crate) const CONFIRMATION_SUBJECT: &str = "Welcome!";

/// Where mails to people of the scenarios go, with `{}` for what names them. SES
/// has addresses that take every mail: `success+{}@simulator.amazonses.com`.
const MAILBOXES_VARIABLE: &str = "PENNYPOST_TEST_MAILBOXES";
/// The same, if that is not set.
const MAILBOXES: &str = "{}@example.com";

/// The address of whoever is called `name`.
fn address_of(name: &str) -> String {
    let mailboxes = std::env::var(MAILBOXES_VARIABLE);
    let mailboxes = mailboxes.unwrap_or_else(|_| MAILBOXES.to_owned());
    assert!(mailboxes.contains("{}"), "{MAILBOXES_VARIABLE} has no {{}}");
    mailboxes.replace("{}", name)
}

/// A word that nothing else has in it.
pub(crate) fn unique() -> String {
    let randomness: &dyn Randomness = &SystemRandomness;
    randomness.uuid().simple().to_string()[..12].to_owned()
}

/// A program with a token.
pub(crate) struct Program {
    /// Names the token.
    pub(crate) id: String,
    /// The token.
    pub(crate) token: String,
}

/// The state of one scenario.
#[derive(cucumber::World)]
#[world(init = Self::new)]
pub(crate) struct Pennypost {
    pub(crate) system: System,
    /// Told apart from every other scenario's people, titles and keys by this.
    pub(crate) scenario: String,
    browsers: HashMap<String, Browser>,
    addresses: HashMap<String, String>,
    pub(crate) passwords: HashMap<String, String>,
    pub(crate) former_passwords: HashMap<String, String>,
    /// Who shows a token instead of logging in.
    pub(crate) programs: HashMap<String, Program>,
    /// Where programs found people.
    pub(crate) places: HashMap<String, String>,
    /// The cookies of a browser before it logged in.
    pub(crate) cookies_before: Option<String>,
    /// How many readers were on the list that was imported last.
    pub(crate) readers: u32,
    /// The title of the issue that was published last.
    latest_title: Option<String>,
    /// Every answer of the scenario, oldest first, and the latest step's part.
    answers: Vec<Answer>,
    latest: usize,
}

impl Pennypost {
    async fn new() -> Self {
        let system = System::start(None).await;
        let passwords = HashMap::from([(ADMIN.to_owned(), system.admin_password().to_owned())]);
        Self {
            system,
            scenario: unique(),
            browsers: HashMap::new(),
            addresses: HashMap::new(),
            passwords,
            former_passwords: HashMap::new(),
            programs: HashMap::new(),
            places: HashMap::new(),
            cookies_before: None,
            readers: 0,
            latest_title: None,
            answers: Vec::new(),
            latest: 0,
        }
    }

    /// Revokes the scenario's tokens, of which a user has only so many, and ends
    /// its own system.
    pub(crate) async fn stop(&mut self) {
        for (actor, Program { id, token }) in std::mem::take(&mut self.programs) {
            let path = format!("/v1/tokens/{id}");
            let request = self.browser(&actor).request(Method::DELETE, &path);
            Answer::to(request.bearer_auth(token)).await;
        }
        self.system.stop().await;
    }

    /// The browser of `actor`, new at first use.
    pub(crate) fn browser(&mut self, actor: &str) -> Browser {
        let base = self.system.url();
        self.browsers
            .entry(actor.to_owned())
            .or_insert_with(|| Browser::new(base))
            .clone()
    }

    /// Tells all browsers where the system is now.
    pub(crate) fn system_moved(&mut self) {
        let base = self.system.url();
        for browser in self.browsers.values_mut() {
            browser.go_to(base);
        }
    }

    /// Gives `actor` this browser.
    pub(crate) fn give_browser(&mut self, actor: &str, browser: Browser) {
        self.browsers.insert(actor.to_owned(), browser);
    }

    /// The mailbox.
    pub(crate) fn mailbox(&self) -> Mailbox {
        Mailbox::at(self.system.console_url().clone())
    }

    /// The address of `person`, which no other scenario uses.
    pub(crate) fn address(&mut self, person: &str) -> String {
        let scenario = &self.scenario;
        self.addresses
            .entry(person.to_owned())
            .or_insert_with(|| address_of(&format!("{}.{scenario}", person.to_lowercase())))
            .clone()
    }

    /// The address of a reader on an imported list, by their number from 1.
    pub(crate) fn address_of_reader(&self, number: u32) -> String {
        address_of(&format!("r{number}.{}", self.scenario))
    }

    /// From now on `person` uses `mailbox` before the @, and a capital behind it.
    pub(crate) fn write_address(&mut self, person: &str, mailbox: &str) {
        let address = address_of(&format!("{mailbox}.{}", self.scenario));
        let (before, domain) = address.rsplit_once('@').expect("an address has an @");
        let (first, rest) = domain.split_at(1);
        let address = format!("{before}@{}{rest}", first.to_uppercase());
        self.addresses.insert(person.to_owned(), address);
    }

    /// The user name of `actor`, which no other scenario uses.
    pub(crate) fn username(&self, actor: &str) -> String {
        if actor == ADMIN {
            ADMIN.to_owned()
        } else {
            format!("{}-{}", actor.to_lowercase(), self.scenario)
        }
    }

    /// The password of `actor`'s user.
    pub(crate) fn password(&self, actor: &str) -> &str {
        self.passwords
            .get(actor)
            .unwrap_or_else(|| panic!("{actor} has no password yet"))
    }

    /// Notes that `actor`'s user has a new password.
    pub(crate) fn set_password(&mut self, actor: &str, password: &str) {
        let former = self.passwords.insert(actor.to_owned(), password.to_owned());
        if let Some(former) = former {
            self.former_passwords.insert(actor.to_owned(), former);
        }
    }

    /// The title that the scenario calls `title`, told apart from every other
    /// scenario's.
    pub(crate) fn title(&self, title: &str) -> String {
        format!("{title} {}", self.scenario)
    }

    /// The same, for an issue that is about to be published.
    pub(crate) fn publish_title(&mut self, title: &str) -> String {
        let title = self.title(title);
        self.latest_title = Some(title.clone());
        title
    }

    /// The title of the issue that was published last.
    pub(crate) fn latest_title(&self) -> String {
        let title = self.latest_title.clone();
        title.expect("an issue was published before")
    }

    /// Takes down the answer of a step.
    pub(crate) fn answered(&mut self, answer: Answer) {
        self.answered_all(vec![answer]);
    }

    /// Takes down the answers of a step that sent several requests.
    pub(crate) fn answered_all(&mut self, answers: Vec<Answer>) {
        self.latest = answers.len();
        self.answers.extend(answers);
    }

    /// The last answer.
    pub(crate) fn answer(&self) -> &Answer {
        self.answers
            .last()
            .expect("somebody asked something before")
    }

    /// The answers of the last step that sent requests.
    pub(crate) fn latest_answers(&self) -> &[Answer] {
        &self.answers[self.answers.len() - self.latest..]
    }

    /// The last two answers of the scenario.
    pub(crate) fn last_two(&self) -> [&Answer; 2] {
        match self.answers.as_slice() {
            [.., before, last] => [before, last],
            _ => panic!("there were no two answers"),
        }
    }
}

/// Shown by the runner beside a failed step: what was answered last.
impl fmt::Debug for Pennypost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pennypost")
            .field("answer", &self.answers.last())
            .finish_non_exhaustive()
    }
}
