//! Delivery over an engine in memory, with a mail side and a clock that the
//! tests hold.

mod announcements;
mod confirmation;
mod contract;
mod crashes;
mod discretion;
mod late;
mod mime;
mod outages;
mod progress;
mod projection;
mod sending;
mod smtp;
mod smtp_replies;
mod support;
