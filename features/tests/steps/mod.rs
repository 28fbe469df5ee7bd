//! What the steps of the scenarios do, by topic.

mod answers;
mod confirming;
mod controlling;
mod desk;
mod further_admins;
mod importing;
mod issue_mails;
mod issue_page;
mod logging_in;
mod machines;
mod mails;
mod pages;
mod passwords;
mod programs;
mod publishing;
mod readers;
mod requests;
mod settling;
mod subscribing;
mod system;
mod unsubscribing;
