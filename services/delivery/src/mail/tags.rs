//! What a mail's feedback finds it by. SES keeps these with a mail and repeats them
//! in each event about it; ids and numbers alone, never an address.

use std::collections::HashMap;

use uuid::Uuid;

/// The longest value of a tag. Source: SES API v2, MessageTag.
const MAX_VALUE: usize = 256;

const STAGE: &str = "stage";
const SUBSCRIBER: &str = "subscriber";
const ISSUE: &str = "issue";
const SHARD: &str = "shard";
const CLAIM: &str = "claim";
const EVENT: &str = "event";

/// Which mail it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailTags {
    /// An issue to one reader.
    Issue {
        /// Which issue.
        issue_id: Uuid,
        /// The reader's shard.
        shard: u16,
        /// The number of the claim in the shard's log.
        claim: u64,
        /// Whom it goes to.
        subscriber_id: Uuid,
    },
    /// The mail that asks somebody to confirm.
    Confirmation {
        /// Whom it goes to.
        subscriber_id: Uuid,
        /// The event that asked for it.
        event_id: Uuid,
    },
}

/// Whose mail feedback is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tagged {
    /// One of ours, of this stage.
    Ours(MailTags),
    /// Another program's, or another stage's.
    Foreign,
    /// It says that it is ours, but not which one.
    Unreadable,
}

impl MailTags {
    /// Name and value of each tag of a mail of `stage`.
    pub(crate) fn pairs(&self, stage: &str) -> Vec<(&'static str, String)> {
        let mut pairs = vec![(STAGE, tag_value(stage))];
        match self {
            Self::Issue {
                issue_id,
                shard,
                claim,
                subscriber_id,
            } => pairs.extend([
                (ISSUE, issue_id.to_string()),
                (SHARD, shard.to_string()),
                (CLAIM, claim.to_string()),
                (SUBSCRIBER, subscriber_id.to_string()),
            ]),
            Self::Confirmation {
                subscriber_id,
                event_id,
            } => pairs.extend([
                (SUBSCRIBER, subscriber_id.to_string()),
                (EVENT, event_id.to_string()),
            ]),
        }
        pairs
    }
}

impl Tagged {
    /// Reads the tags of a mail, each with its values, as feedback for `stage`.
    pub(crate) fn read(tags: &HashMap<String, Vec<String>>, stage: &str) -> Self {
        let is_of_stage = value(tags, STAGE).is_some_and(|it| it == tag_value(stage));
        if !is_of_stage || !tags.contains_key(SUBSCRIBER) {
            return Self::Foreign;
        }
        let read = match tags.contains_key(ISSUE) {
            true => issue(tags),
            false => confirmation(tags),
        };
        read.map_or(Self::Unreadable, Self::Ours)
    }
}

fn issue(tags: &HashMap<String, Vec<String>>) -> Option<MailTags> {
    Some(MailTags::Issue {
        issue_id: value(tags, ISSUE)?.parse().ok()?,
        shard: value(tags, SHARD)?.parse().ok()?,
        claim: value(tags, CLAIM)?.parse().ok()?,
        subscriber_id: value(tags, SUBSCRIBER)?.parse().ok()?,
    })
}

fn confirmation(tags: &HashMap<String, Vec<String>>) -> Option<MailTags> {
    Some(MailTags::Confirmation {
        subscriber_id: value(tags, SUBSCRIBER)?.parse().ok()?,
        event_id: value(tags, EVENT)?.parse().ok()?,
    })
}

/// The one value of a tag.
fn value<'a>(tags: &'a HashMap<String, Vec<String>>, name: &str) -> Option<&'a str> {
    match tags.get(name)?.as_slice() {
        [value] => Some(value),
        _ => None,
    }
}

/// `text` as SES takes it for a tag's value: letters, digits, `_` and `-` of
/// ASCII; anything else becomes `-`.
fn tag_value(text: &str) -> String {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    let each = text.chars().take(MAX_VALUE);
    let value: String = each.map(|c| if fits(c) { c } else { '-' }).collect();
    if value.is_empty() {
        return "-".to_owned();
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    const SUBSCRIBER_ID: Uuid = Uuid::from_u128(0xA1);

    fn mails() -> [MailTags; 2] {
        [
            MailTags::Issue {
                issue_id: Uuid::from_u128(0xF00D),
                shard: 15,
                claim: 1_249,
                subscriber_id: SUBSCRIBER_ID,
            },
            MailTags::Confirmation {
                subscriber_id: SUBSCRIBER_ID,
                event_id: Uuid::from_u128(0xE),
            },
        ]
    }

    fn told(mail: &MailTags, stage: &str) -> HashMap<String, Vec<String>> {
        let pairs = mail.pairs(stage).into_iter();
        pairs
            .map(|(name, value)| (name.to_owned(), vec![value]))
            .collect()
    }

    #[test]
    fn what_is_written_is_read_again_by_its_own_stage_alone() {
        for mail in mails() {
            let tags = told(&mail, "staging 2 (EU)");
            assert_eq!(tags[STAGE], ["staging-2--EU-"]);
            assert_eq!(Tagged::read(&tags, "staging 2 (EU)"), Tagged::Ours(mail));
            assert_eq!(Tagged::read(&tags, "production"), Tagged::Foreign);
        }
    }

    #[test]
    fn every_value_is_one_that_ses_takes() {
        for stage in [
            "production",
            "",
            "ünï.cödé/1@x",
            &"long".repeat(100),
            "a_b-c",
        ] {
            for (name, value) in mails().iter().flat_map(|mail| mail.pairs(stage)) {
                let fits = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
                assert!(value.chars().all(fits), "{name}: {value}");
                assert!((1..=MAX_VALUE).contains(&value.len()), "{name}: {value}");
            }
        }
    }

    #[test]
    fn a_mail_without_our_tags_is_anothers() {
        for missing in [STAGE, SUBSCRIBER] {
            for mail in mails() {
                let mut tags = told(&mail, "test");
                tags.remove(missing);
                assert_eq!(Tagged::read(&tags, "test"), Tagged::Foreign);
            }
        }
        assert_eq!(Tagged::read(&HashMap::new(), "test"), Tagged::Foreign);
    }

    #[test]
    fn a_mail_of_ours_whose_tags_do_not_tell_which_is_unreadable() {
        for mail in mails() {
            for (name, _) in mail.pairs("test") {
                if name == STAGE {
                    continue;
                }
                for values in [vec![], vec!["x"], vec!["1", "2"]] {
                    let mut tags = told(&mail, "test");
                    let values = values.into_iter().map(str::to_owned).collect();
                    tags.insert(name.to_owned(), values);
                    assert_eq!(Tagged::read(&tags, "test"), Tagged::Unreadable, "{name}");
                }
            }
        }
    }
}
