//! Delivery over an engine in memory, with a mail side and a clock that the
//! tests hold.

mod announcements;
mod confirmation;
mod contract;
mod control;
mod crashes;
mod discretion;
mod exceptions;
mod feedback;
mod feedback_counts;
mod feedback_crashes;
mod feedback_fuzzing;
mod feedback_refused;
mod held;
mod late;
mod mime;
mod outages;
mod progress;
mod projection;
mod rate;
mod sending;
mod ses;
mod ses_one_by_one;
mod ses_quota;
mod ses_single;
mod smtp;
mod smtp_replies;
mod support;
mod sweep;
mod unclear;
