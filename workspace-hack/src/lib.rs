//! Has no code: see the comment in `Cargo.toml`.
