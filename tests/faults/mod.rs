//! What goes wrong around a server, and what it does then.

mod busy;
mod crash;
mod load;
mod postmaster;
mod races;
