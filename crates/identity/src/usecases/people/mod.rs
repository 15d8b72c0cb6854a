//! The use cases of people: staff and clients, what is known of them, their pictures.

pub mod add_person;
pub mod deactivate_person;
pub mod details;
pub mod move_avatars;
pub mod set_avatar;
pub mod update_person;
pub mod update_profile;
