//! What goes wrong around a server, and what it does then.

mod busy;
mod clocks;
mod crash;
mod disk;
mod hostile;
mod load;
mod locks;
mod mails;
mod network;
mod numbers;
mod postmaster;
mod races;
mod tree;
