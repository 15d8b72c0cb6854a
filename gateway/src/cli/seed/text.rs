//! What people are called and what they write, with enough different words to search in.

use super::dice::{Dice, For};

/// What is asked for.
#[rustfmt::skip]
pub const SERVICES: &[&str] = &[
    "Boiler service",
    "Emergency plumbing",
    "Bathroom refit",
    "Kitchen fitting",
    "Rewiring",
    "Heat pump installation",
    "Roof repair",
    "Gutter cleaning",
    "Garden design",
    "Tree surgery",
    "Painting",
    "Plastering",
    "Underfloor heating",
    "Solar panels",
    "Damp survey",
    "Window replacement",
    "Loft conversion",
    "Drain clearance",
    "Carpentry",
    "Tiling",
];

#[rustfmt::skip]
const FIRST: &[&str] = &[
    "Ada", "Bela", "Carmen", "Dmitri", "Elif", "Femi", "Grace", "Hana", "Idris", "Jun", "Katya", "Liam", "Mireille",
    "Noor", "Oskar", "Priya", "Quentin", "Rosa", "Samir", "Tove", "Uma", "Viktor", "Wanda", "Ximena", "Yusuf", "Zoë",
    "Amara", "Bruno", "Chiara", "Dagny", "Emil", "Fatima", "Gareth", "Hiroshi", "Ingrid", "Joaquín", "Kofi", "Lena",
    "Marek", "Niamh", "Olu", "Petra", "Ravi", "Saoirse", "Tomás", "Ursula", "Vera", "Wei", "Yara", "Zeynep",
];

#[rustfmt::skip]
const LAST: &[&str] = &[
    "Abara",
    "Bergström",
    "Castillo",
    "Duarte",
    "Eriksen",
    "Farrow",
    "Grant",
    "Haddad",
    "Ivanov",
    "Jansen",
    "Kowalski",
    "Lindqvist",
    "Moreau",
    "Novak",
    "Okafor",
    "Petrov",
    "Quigley",
    "Rossi",
    "Schmidt",
    "Tanaka",
    "Ueda",
    "Varga",
    "Whitfield",
    "Xu",
    "Yilmaz",
    "Zimmermann",
    "Ashworth",
    "Bianchi",
    "Choudhury",
    "Delacroix",
    "Egan",
    "Fischer",
    "Gallagher",
    "Hughes",
    "Ito",
    "Jovanović",
    "Khan",
    "Lopez",
    "Murphy",
    "Nguyen",
    "Olsen",
    "Pereira",
    "Rahman",
    "Silva",
    "Turner",
    "Underhill",
    "Vasquez",
    "Walsh",
    "Young",
    "Zhang",
    "Bakshi",
    "Cohen",
    "Demir",
    "Fontaine",
    "Herrera",
    "Kaya",
];

#[rustfmt::skip]
const SOURCES: &[&str] = &["google", "bing", "recommendation", "newsletter", "facebook", "leaflet", "directory"];

#[rustfmt::skip]
const PLACES: &[&str] = &[
    "bathroom",
    "kitchen",
    "hallway",
    "attic",
    "cellar",
    "garage",
    "bedroom",
    "conservatory",
    "utility room",
    "shop front",
    "office",
    "stairwell",
    "balcony",
    "terrace",
    "boiler cupboard",
    "nursery",
    "workshop",
    "reception",
    "canteen",
    "roof",
];

#[rustfmt::skip]
const TROUBLES: &[&str] = &[
    "a leak under the sink",
    "a crack in the ceiling",
    "mould behind the wardrobe",
    "no hot water since Monday",
    "a radiator that stays cold",
    "a flickering light",
    "a tripping fuse",
    "a blocked drain",
    "a dripping tap",
    "loose tiles",
    "a rattling pump",
    "a door that no longer closes",
    "a broken window pane",
    "a smell of gas outside",
    "water stains on the wall",
    "a noisy extractor fan",
    "a rotten beam",
    "a thermostat that resets itself",
    "peeling paint",
    "a squeaking staircase",
    "frozen pipes",
    "a missing roof slate",
    "an overflowing gutter",
];

#[rustfmt::skip]
const TIMES: &[&str] = &[
    "next week",
    "before the holidays",
    "on a Saturday",
    "in the early morning",
    "after five",
    "this month",
    "in spring",
    "as soon as possible",
    "before our tenants move in",
    "on Thursday afternoon",
    "any weekday",
    "in the school break",
];

#[rustfmt::skip]
const STREETS: &[&str] = &[
    "Harbour Road",
    "Mill Lane",
    "Station Street",
    "Chapel Row",
    "Orchard Close",
    "Quayside",
    "Victoria Terrace",
    "Park View",
    "Elm Grove",
    "Castle Hill",
    "Bridge Street",
    "Meadow Way",
    "Lighthouse Walk",
    "Foundry Yard",
    "Cooper's Court",
];

const OPENINGS: &[&str] = &[
    "We have {trouble} in the {place} and would like somebody to look at it {time}.",
    "Could you send me a quote for {service} at {number} {street}?",
    "Since yesterday there is {trouble}; the {place} cannot be used.",
    "A neighbour recommended you for {service}. When could you come?",
    "I am writing about the {place}: there is {trouble}.",
    "We are renovating a house on {street} and need {service} {time}.",
    "My landlord asked me to report {trouble} in the {place}.",
    "Our company looks after {number} flats near {street} and needs {service} regularly.",
];

const DETAILS: &[&str] = &[
    "The house was built in 19{two} and nothing has been done since.",
    "The {place} is about {two} square metres.",
    "Somebody looked at it last year, but {trouble} came back.",
    "Access is through the side gate on {street}; the dog is friendly.",
    "Our budget is around {two}00, materials included.",
    "I can send photographs if that helps, there are {two} of them.",
    "The insurance wants a written report; the claim number is {reference}.",
    "We also noticed {trouble}, perhaps the two belong together.",
    "Parking is possible in front of number {number}.",
    "The previous invoice was {reference}.",
];

#[rustfmt::skip]
const CLOSINGS: &[&str] = &[
    "Please call in the evening.",
    "Many thanks!",
    "I look forward to hearing from you.",
    "It would have to be done {time}.",
    "A rough estimate is enough for now.",
    "Please bring a ladder.",
    "Thank you for your help.",
    "Regards from {street}.",
];

const ANSWERS: &[&str] = &[
    "Thank you for writing. We can come {time}; would that suit you?",
    "Our engineer could look at the {place} {time}. The visit itself is free of charge.",
    "That sounds like {trouble}. Please switch it off until we have been there.",
    "The quote is attached; it has the number {reference} and is good for four weeks.",
    "We have put you down for {time}. Somebody will ring before setting off.",
    "Could you send us a photograph of the {place}, and tell us the year of the house?",
    "The parts have arrived, so we can finish {time}.",
    "I have spoken with the workshop: {two} days of work, beginning {time}.",
    "Sorry for the delay. Your case {reference} is with a colleague who knows {street} well.",
    "All done. The invoice is {reference}; please tell us if there is {trouble} again.",
];

/// A person's name.
pub struct Person {
    first: &'static str,
    last: &'static str,
}

impl Person {
    /// First and last name.
    pub fn full(&self) -> String {
        format!("{} {}", self.first, self.last)
    }

    /// An address of theirs; the number makes it unique.
    pub fn email(&self, number: u64) -> String {
        let letters =
            |name: &str| name.chars().filter(char::is_ascii_alphabetic).collect::<String>().to_ascii_lowercase();
        format!("{}.{}{number}@visitor.example", letters(self.first), letters(self.last))
    }
}

/// The dice for the name of a visitor: the same wherever it is shown.
pub fn visitor_dice(number: u64) -> Dice {
    Dice::of(For::Visitor, number + (1 << 40))
}

/// The dice for the name of a staff member.
pub fn staff_dice(number: u64) -> Dice {
    Dice::of(For::Staff, number + (1 << 40))
}

/// Somebody.
pub fn person(dice: &mut Dice) -> Person {
    Person { first: dice.one_of(FIRST), last: dice.one_of(LAST) }
}

/// What brought a visitor here, if that is known.
pub fn source(dice: &mut Dice) -> Option<&'static str> {
    dice.chance(80).then(|| dice.one_of(SOURCES))
}

/// A company, for some.
pub fn company(dice: &mut Dice) -> Option<String> {
    const KINDS: &[&str] =
        &["Lettings", "& Sons", "Holdings", "Architects", "Bakery", "Dental Practice", "Hotels", "School"];
    dice.chance(30).then(|| format!("{} {}", dice.one_of(LAST), dice.one_of(KINDS)))
}

/// The page about a service.
pub fn page(service: &str) -> String {
    format!("https://www.frontdesk.example/services/{}", service.to_lowercase().replace(' ', "-"))
}

/// What a visitor writes: two to four sentences.
pub fn message(dice: &mut Dice, service: &str) -> String {
    let mut text = String::with_capacity(256);
    say(&mut text, dice, OPENINGS, service);
    for _ in 0..dice.weighted(&[(35, 0), (45, 1), (20, 2)]) {
        say(&mut text, dice, DETAILS, service);
    }
    say(&mut text, dice, CLOSINGS, service);
    text
}

/// What a staff member answers.
pub fn reply(dice: &mut Dice) -> String {
    let mut text = String::with_capacity(128);
    say(&mut text, dice, ANSWERS, "");
    text
}

/// Adds one of the sentences, its gaps filled.
fn say(text: &mut String, dice: &mut Dice, sentences: &[&str], service: &str) {
    if !text.is_empty() {
        text.push(' ');
    }
    let mut rest = dice.one_of(sentences);
    while let Some((before, gap, after)) = rest.split_once('{').and_then(|(before, rest)| {
        let (gap, after) = rest.split_once('}')?;
        Some((before, gap, after))
    }) {
        text.push_str(before);
        match gap {
            "place" => text.push_str(dice.one_of(PLACES)),
            "trouble" => text.push_str(dice.one_of(TROUBLES)),
            "time" => text.push_str(dice.one_of(TIMES)),
            "street" => text.push_str(dice.one_of(STREETS)),
            "service" => text.extend(service.chars().flat_map(char::to_lowercase)),
            "two" => text.push_str(&(10 + dice.below(90)).to_string()),
            "number" => text.push_str(&(1 + dice.below(240)).to_string()),
            _ => text.push_str(&format!("HL{:06}", dice.below(1_000_000))),
        }
        rest = after;
    }
    text.push_str(rest);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_gap_is_filled() {
        for n in 0..500 {
            let mut dice = Dice::of(For::Message, n);
            let texts = [message(&mut dice, "Tiling"), reply(&mut dice)];
            assert!(texts.iter().all(|text| !text.contains(['{', '}']) && text.len() > 20), "{texts:?}");
        }
    }
}
