//! What a message can become.

use std::{fmt, str::FromStr};

use kernel::id::{ClientId, LeadId, TicketId, TypedId, prefix};

/// What a message became. Another kind is a variant here and an arm where the gateway says who sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// Somebody who buys here.
    Client(ClientId),
    /// A piece of work.
    Ticket(TicketId),
    /// Somebody who may buy here.
    Lead(LeadId),
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Client(id) => id.fmt(f),
            Self::Ticket(id) => id.fmt(f),
            Self::Lead(id) => id.fmt(f),
        }
    }
}

impl FromStr for Target {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match prefix(text) {
            Some(ClientId::PREFIX) => text.parse().map(Self::Client).map_err(|error| error.to_string()),
            Some(TicketId::PREFIX) => text.parse().map(Self::Ticket).map_err(|error| error.to_string()),
            Some(LeadId::PREFIX) => text.parse().map(Self::Lead).map_err(|error| error.to_string()),
            _ => {
                Err("is not the id of what a message can become: a client, cli_…, a ticket, tkt_…, or a lead, led_…"
                    .into())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_there_is_can_be_become() {
        for one in [
            "cli_0192aaaabbbb7ccc8dddeeeeffff0001",
            "tkt_0192aaaabbbb7ccc8dddeeeeffff0001",
            "led_0192aaaabbbb7ccc8dddeeeeffff0001",
        ] {
            assert_eq!(one.parse::<Target>().map(|target| target.to_string()).as_deref(), Ok(one));
        }
        for other in ["", "cli_", "led_", "msg_0192aaaabbbb7ccc8dddeeeeffff0001", "x"] {
            assert!(other.parse::<Target>().is_err(), "{other}");
        }
    }
}
