//! What the service does, one file for each verb: load, decide, commit.

pub(crate) mod add_user;
pub(crate) mod authenticate;
pub(crate) mod authorize;
pub(crate) mod change_password;
pub(crate) mod confirm;
pub(crate) mod control_issue;
pub(crate) mod disable_user;
pub(crate) mod ensure_first_admin;
pub(crate) mod erase_subscriber;
pub(crate) mod fault;
pub(crate) mod find_subscriber;
pub(crate) mod invite_again;
pub(crate) mod issue_token;
pub(crate) mod list_exceptions;
pub(crate) mod list_imports;
pub(crate) mod list_issues;
pub(crate) mod list_subscribers;
pub(crate) mod list_tokens;
pub(crate) mod list_users;
pub(crate) mod log_in;
pub(crate) mod log_out;
pub(crate) mod publish_issue;
pub(crate) mod rebuild;
pub(crate) mod record_exceptions;
pub(crate) mod record_progress;
pub(crate) mod resolve_held;
pub(crate) mod resume_session;
pub(crate) mod revoke_token;
pub(crate) mod show_import;
pub(crate) mod show_issue;
pub(crate) mod show_recipient;
pub(crate) mod show_subscriber;
pub(crate) mod start_import;
pub(crate) mod subscribe;
pub(crate) mod suppress;
pub(crate) mod sweep_imports;
mod throttle;
pub(crate) mod unsubscribe;
pub(crate) mod work_off_import;

pub use ensure_first_admin::FirstAdminError;
pub use rebuild::Rebuilt;

#[cfg(test)]
mod tests;
