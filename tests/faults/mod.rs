//! What goes wrong around a server, and what it does then.

mod crash;
mod load;
