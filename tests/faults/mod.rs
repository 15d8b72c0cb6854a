//! What goes wrong around a server, and what it does then.
