//! Delivery over an engine in memory, with a mail side and a clock that the
//! tests hold.

mod confirmation;
mod crashes;
mod discretion;
mod late;
mod mime;
mod outages;
mod projection;
mod sending;
mod smtp;
mod support;
