//! SES as its HTTP answers, and what can go wrong with it.

use std::sync::Arc;

use aws_sdk_sesv2::config::http::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::{
    http::{
        HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
    },
    result::ConnectorError,
    runtime_components::RuntimeComponents,
};
use serde_json::{Value, json};

use super::protocol::{self, Asked, Request};
use crate::{
    life::Life,
    mail::{About, Became, MailSide, NO_ANSWER},
    planted::Planted,
};

/// As often as the SDK tries where nobody tells it not to.
const RETRIES: u32 = 2;
/// The most entries of a call.
const MAX_ENTRIES: usize = 50;
/// What SES says of an address that is not to its taste, more or less clearly.
const DISLIKES: [&str; 2] = ["Domain starts with dot", "Bad request"];

type Answer = Result<HttpResponse, ConnectorError>;

/// SES, as one process reaches it.
#[derive(Debug, Clone)]
pub(super) struct Endpoint {
    pub(super) life: Arc<Life>,
    pub(super) side: Arc<MailSide>,
}

impl HttpClient for Endpoint {
    fn http_connector(
        &self,
        _settings: &HttpConnectorSettings,
        _components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Endpoint {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let this = self.clone();
        HttpConnectorFuture::new(async move {
            let life = Arc::clone(&this.life);
            life.act(this.try_out(&request)).await
        })
    }
}

/// What became of a call in bulk.
enum Call {
    /// Each of its mails has a result.
    Told(Vec<Became>),
    /// Nobody is told what became of them.
    Lost(Vec<Became>),
    /// It was answered as a whole.
    Whole(Became),
    Rejected(&'static str),
}

impl Endpoint {
    async fn try_out(&self, request: &HttpRequest) -> Answer {
        self.side.latency().await;
        let world = &self.side.world;
        let Some(request) = Request::parse(request) else {
            world
                .watch
                .broken("SES is asked for nothing that it does".to_owned());
            return Ok(protocol::out_of_order());
        };
        let is_bulk = matches!(request, Request::Bulk(_));
        let retries = world.has(Planted::MailRetried) || world.has(Planted::BulkRetried) && is_bulk;
        let mut answer = self.carry_out(&request).await;
        for _ in 0..if retries { RETRIES } else { 0 } {
            match &answer {
                Ok(answer) if answer.status().as_u16() < 500 => break,
                _ => answer = self.carry_out(&request).await,
            }
        }
        answer
    }

    async fn carry_out(&self, request: &Request) -> Answer {
        match request {
            Request::Account => self.account(),
            Request::Single(message_id, to) => self.single(message_id, to).await,
            Request::Bulk(asked) if asked.len() > MAX_ENTRIES => {
                Ok(protocol::rejection("too many entries"))
            }
            Request::Bulk(asked) => self.bulk(asked).await,
        }
    }

    fn account(&self) -> Answer {
        let world = &self.side.world;
        if world.fails(world.faults.unclear) {
            return Err(reset());
        }
        if world.fails(world.faults.unsent) {
            return Ok(match world.chance.below(3) {
                0 => protocol::out_of_order(),
                _ => protocol::whole(&world.chance, Became::Throttled),
            });
        }
        let account = &self.side.account;
        let day = account
            .day(world)
            .map(|(most, sent)| (most as f64, sent as f64));
        let (most, sent) = day.unwrap_or((-1.0, 0.0));
        let quota = json!({
            "MaxSendRate": account.per_second(),
            "Max24HourSend": most,
            "SentLast24Hours": sent,
        });
        Ok(protocol::answer(200, "", &json!({ "SendQuota": quota })))
    }

    async fn single(&self, message_id: &str, to: &str) -> Answer {
        let side = &self.side;
        let Some(about) = side.memory().composed.get(message_id).cloned() else {
            side.world
                .watch
                .broken(format!("SES gets a mail {message_id} of nobody"));
            return Ok(protocol::out_of_order());
        };
        let became = side.account.take(&side.world, &about, side.became());
        side.log(about, to, became);
        match became {
            Became::Accepted => Ok(protocol::accepted()),
            Became::LeftUnclear | Became::LostUnclear => self.lose().await,
            Became::Refused => Ok(protocol::rejection(DISLIKES[0])),
            became => Ok(protocol::whole(&side.world.chance, became)),
        }
    }

    async fn bulk(&self, asked: &[Asked]) -> Answer {
        let chance = &self.side.world.chance;
        let mut call = self.call(asked);
        if let Call::Told(became) | Call::Lost(became) = &mut call {
            for (asked, became) in asked.iter().zip(became) {
                let account = &self.side.account;
                *became = account.take(&self.side.world, &asked.about, *became);
                self.side.log(asked.about.clone(), &asked.to, *became);
                let feedback = &self.side.feedback;
                feedback.tell(&self.side.world, &asked.tags, *became);
            }
        }
        match call {
            Call::Told(became) => {
                let results: Vec<_> = became
                    .iter()
                    .map(|it| protocol::result(chance, *it))
                    .collect();
                Ok(protocol::results(&results))
            }
            Call::Lost(became) if chance.one_in(4) => Ok(self.mismatch(became.len())),
            Call::Lost(_) => self.lose().await,
            Call::Whole(became) => Ok(protocol::whole(chance, became)),
            Call::Rejected(message) => {
                if let [asked] = asked {
                    self.side
                        .log(asked.about.clone(), &asked.to, Became::Refused);
                }
                Ok(protocol::rejection(message))
            }
        }
    }

    fn call(&self, asked: &[Asked]) -> Call {
        let world = &self.side.world;
        let chance = &world.chance;
        let each = |of: &[Became]| asked.iter().map(|_| chance.one_of(of)).collect::<Vec<_>>();
        if asked.iter().any(|asked| self.dislikes(asked)) {
            return Call::Rejected(chance.one_of(&DISLIKES));
        }
        if world.fails(world.faults.unclear) {
            world.excuse("SES is unclear");
            return match chance.below(5) {
                0 => Call::Told(each(&[
                    Became::Accepted,
                    Became::LeftUnclear,
                    Became::LostUnclear,
                    Became::Unsent,
                ])),
                1 => Call::Lost(each(&[Became::LostUnclear])),
                2 => Call::Lost(each(&[Became::LeftUnclear, Became::LostUnclear])),
                _ => Call::Lost(each(&[Became::LeftUnclear])),
            };
        }
        if world.fails(world.faults.unsent) {
            return match chance.below(8) {
                0 => Call::Whole(Became::Throttled),
                1 => Call::Whole(Became::AccountFault),
                2 => Call::Whole(Became::Unavailable),
                3 => {
                    let at = chance.below(asked.len() as u64) as usize;
                    self.dislike(&asked[at]);
                    Call::Rejected(chance.one_of(&DISLIKES))
                }
                4 => Call::Told(each(&[Became::Accepted, Became::Throttled])),
                5 => Call::Told(each(&[Became::Accepted, Became::AccountFault])),
                _ => Call::Told(each(&[Became::Accepted, Became::Refused, Became::Unsent])),
            };
        }
        Call::Told(each(&[Became::Accepted]))
    }

    fn dislikes(&self, asked: &Asked) -> bool {
        match &asked.about {
            About::Issue { subscriber, .. } => self.side.memory().disliked.contains(subscriber),
            About::Confirmation { .. } => false,
        }
    }

    fn dislike(&self, asked: &Asked) {
        if let About::Issue { subscriber, .. } = asked.about {
            self.side.memory().disliked.insert(subscriber);
        }
    }

    /// Another number of results than there were mails.
    fn mismatch(&self, mails: usize) -> HttpResponse {
        let world = &self.side.world;
        let told = match world.has(Planted::ResultsPadded) {
            true => mails,
            false => world.chance.one_of(&[0, mails - 1, mails + 1]),
        };
        let success: Value = protocol::result(&world.chance, Became::Accepted);
        protocol::results(&vec![success; told])
    }

    /// The answer is lost, one way or another.
    async fn lose(&self) -> Answer {
        match self.side.world.chance.below(4) {
            0 => {
                tokio::time::sleep(NO_ANSWER).await;
                Err(reset())
            }
            1 => Ok(protocol::out_of_order()),
            2 => Ok(protocol::garbled()),
            _ => Err(reset()),
        }
    }
}

fn reset() -> ConnectorError {
    ConnectorError::io("connection reset".into())
}
