//! Where a request came from.

use std::net::IpAddr;

/// The address of the client, as the host knows it: from the connection
/// locally, from API Gateway's request context on AWS; never from a header
/// that the client can set. The host inserts it as an extension of the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ClientAddress(pub IpAddr);
