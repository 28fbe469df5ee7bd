//! What the steps of the scenarios do, by topic.

mod answers;
mod confirming;
mod controlling;
mod desk;
mod further_admins;
mod importing;
mod issue_mails;
mod logging_in;
mod mails;
mod pages;
mod passwords;
mod programs;
mod publishing;
mod requests;
mod settling;
mod subscribing;
mod system;
mod unsubscribing;
