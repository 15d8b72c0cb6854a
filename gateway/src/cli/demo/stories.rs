//! Who works at Harbour & Lane, who wrote to them, and what came of it.

use inbox::MessageStatus::{self, Archived, InProgress};

use Step::{Assign, Convert, Reply, Set};

/// The departments.
pub const DEPARTMENTS: &[&str] = &["Front office", "Plumbing & heating", "Building & garden"];

/// Somebody on the staff.
pub struct Person {
    /// Their name.
    pub name: &'static str,
    /// Their address.
    pub email: &'static str,
    /// Their role.
    pub role: &'static str,
    /// Which of the departments.
    pub department: usize,
}

const fn person(name: &'static str, email: &'static str, role: &'static str, department: usize) -> Person {
    Person { name, email, role, department }
}

/// The staff; the first is the administrator.
pub const PEOPLE: &[Person] = &[
    person("Ada Harbour", "ada@demo.frontdesk.example", "SUPER_ADMIN", 0),
    person("Ben Lane", "ben@demo.frontdesk.example", "MANAGER", 0),
    person("Chidi Okafor", "chidi@demo.frontdesk.example", "STAFF", 1),
    person("Dana Lindqvist", "dana@demo.frontdesk.example", "STAFF", 2),
    person("Emre Yilmaz", "emre@demo.frontdesk.example", "STAFF", 1),
    person("Fay Whitfield", "fay@demo.frontdesk.example", "VIEWER", 0),
];

const ADA: usize = 0;
const BEN: usize = 1;
const CHIDI: usize = 2;
const DANA: usize = 3;
const EMRE: usize = 4;

/// What somebody does with a message.
pub enum Step {
    /// Gives it to this person.
    Assign(usize),
    /// Answers.
    Reply(&'static str),
    /// Makes a client of who wrote it.
    Convert,
    /// Moves it on by hand.
    Set(MessageStatus),
}

/// A message and what came of it.
pub struct Story {
    /// When it came.
    pub hours_ago: i64,
    /// Who wrote.
    pub name: &'static str,
    /// From which address.
    pub email: &'static str,
    /// For which company.
    pub company: Option<&'static str>,
    /// About which service.
    pub service: Option<&'static str>,
    /// What brought them here.
    pub source: Option<&'static str>,
    /// What they wrote.
    pub text: &'static str,
    /// Minutes after it came: who did what.
    pub then: &'static [(i64, (usize, Step))],
}

type From = (&'static str, &'static str);

const fn story(
    hours_ago: i64,
    (name, email): From,
    service: &'static str,
    text: &'static str,
    then: &'static [(i64, (usize, Step))],
) -> Story {
    Story { hours_ago, name, email, company: None, service: Some(service), source: None, text, then }
}

const fn general(hours_ago: i64, from: From, text: &'static str, then: &'static [(i64, (usize, Step))]) -> Story {
    Story { service: None, ..story(hours_ago, from, "", text, then) }
}

impl Story {
    const fn at(self, company: &'static str) -> Self {
        Self { company: Some(company), ..self }
    }

    const fn via(self, source: &'static str) -> Self {
        Self { source: Some(source), ..self }
    }
}

const BOILER: &str = "Boiler service";
const BATHROOM: &str = "Bathroom refit";
const PLUMBING: &str = "Emergency plumbing";
const GARDEN: &str = "Garden design";
const ROOF: &str = "Roof repair";
const PAINTING: &str = "Painting";
const HEAT_PUMP: &str = "Heat pump installation";

/// What happened in the last weeks.
pub const STORIES: &[Story] = &[
    story(1010, ("Priya Raman", "priya.raman@example.com"), BATHROOM, "Hello, we would like to replace the bath in our flat on Quayside with a walk-in shower. The bathroom is about five square metres. Could somebody come and have a look?", &[
        (35, (BEN, Assign(DANA))),
        (90, (DANA, Reply("Thank you for writing, Priya. I can come on Thursday between 9 and 12 to measure. Would that suit you?"))),
        (1500, (DANA, Reply("It was good to meet you. Our quote is on its way: 6,480, fitted, with the tiles you chose."))),
        (4400, (BEN, Convert)),
    ]).via("recommendation"),
    story(985, ("Tom Egan", "tom.egan@example.net"), BOILER, "Our boiler is due for its yearly service. We are at home any weekday after four.", &[
        (20, (BEN, Assign(CHIDI))),
        (160, (CHIDI, Reply("I can be there on Tuesday at half past four. The service is 95 and takes about an hour."))),
        (6100, (CHIDI, Set(Archived))),
    ]).via("google"),
    story(940, ("Lucía Herrera", "lucia@example.org"), GARDEN, "We have just moved in and the garden is one big meadow. We dream of a small terrace, two fruit trees and somewhere for the children to play. Do you design as well as build?", &[
        (240, (ADA, Assign(DANA))),
        (300, (DANA, Reply("We do both. If you send me a photograph from the upstairs window I will bring two sketches to our first meeting."))),
        (2900, (DANA, Reply("Here are the sketches. The second keeps the old wall, which I would be sorry to lose."))),
        (9000, (BEN, Convert)),
    ]).via("instagram"),
    story(910, ("Gareth Hughes", "g.hughes@example.com"), ROOF, "Three slates came down in the storm and there is a wet patch on the bedroom ceiling.", &[
        (10, (BEN, Assign(DANA))),
        (25, (DANA, Reply("That should not wait. We can cover it this afternoon and repair it on Friday. Is somebody at home at three?"))),
        (7300, (DANA, Set(Archived))),
    ]),
    story(870, ("Noor Haddad", "office@haddad-lettings.example"), PLUMBING, "We look after forty flats around the harbour. Do you offer a contract for emergencies, with fixed call-out times?", &[
        (55, (ADA, Assign(BEN))),
        (200, (BEN, Reply("We do: two hours by day, four by night, for a monthly fee per flat. May I call you tomorrow to talk it through?"))),
        (5000, (BEN, Reply("As agreed, here is the draft of the contract for forty flats."))),
        (11000, (ADA, Convert)),
    ]).at("Haddad Lettings").via("linkedin"),
    general(846, ("Wanda Kowalski", "wanda.k@example.com"), "You left your spirit level in our kitchen. It is by the door, in case you miss it.", &[
        (30, (BEN, Reply("Thank you! Emre has been looking for it everywhere. He will ring before he comes by."))),
        (1700, (BEN, Set(Archived))),
    ]),
    story(800, ("Femi Abara", "femi.abara@example.net"), HEAT_PUMP, "Is a heat pump worth it in a terraced house from 1930? The radiators are from the nineties and the loft is insulated.", &[
        (120, (BEN, Assign(EMRE))),
        (400, (EMRE, Reply("Often it is, with two or three larger radiators. I would like to work out the heat loss first; that takes an hour at your place and is free."))),
        (3000, (EMRE, Reply("The calculation is done: 6.2 kW at -5 °C. Nine radiators can stay, three would be exchanged."))),
        (3100, (EMRE, Reply("I have added what the grant would pay, because you asked. It runs until the end of the year."))),
    ]).via("google"),
    story(760, ("Mireille Fontaine", "mireille@example.org"), PAINTING, "Two rooms and a hallway, walls only, white. When would you have time and what would it cost roughly?", &[
        (300, (BEN, Assign(DANA))),
        (1300, (DANA, Reply("Roughly 1,150 including the paint. The next free week begins on the 12th."))),
        (12000, (BEN, Set(Archived))),
    ]).via("leaflet"),
    story(715, ("Oskar Bergström", "oskar.b@example.com"), PLUMBING, "The tap in the utility room cannot be closed any more. I have turned the water off in the whole house.", &[
        (5, (ADA, Assign(CHIDI))),
        (12, (CHIDI, Reply("I am on my way and should be with you at 10:40."))),
        (180, (CHIDI, Reply("The new cartridge is in. Please look under the sink tonight, whether everything is dry."))),
        (1600, (CHIDI, Set(Archived))),
    ]),
    story(662, ("Rosa Duarte", "rosa@duarte-bakery.example"), BOILER, "The boiler in our bakery loses pressure every night. We start at three in the morning and need hot water by then.", &[
        (40, (BEN, Assign(EMRE))),
        (60, (EMRE, Reply("That sounds like the expansion vessel. I could come this evening after you close."))),
        (1500, (EMRE, Reply("The vessel is new and the pressure holds at 1.6 bar. Please tell me on Monday what it says."))),
        (7000, (EMRE, Convert)),
    ]).at("Duarte Bakery").via("recommendation"),
    story(600, ("Jun Tanaka", "jun.tanaka@example.com"), BATHROOM, "Could the bathroom be made accessible for my mother? She will use a wheelchair from spring on.", &[
        (70, (BEN, Assign(DANA))),
        (150, (DANA, Reply("Yes, and we would plan it together with her. I can bring an occupational therapist to the first visit, free of charge."))),
        (4300, (DANA, Reply("The plan with the level shower and the folding seat is attached. The care insurance usually pays a part."))),
    ]),
    general(566, ("Viktor Petrov", "v.petrov@example.net"), "Do you take on apprentices? My daughter finishes school in the summer and would like to become a plumber.", &[
        (600, (ADA, Assign(ADA))),
        (900, (ADA, Reply("We do, two every year. She is welcome to spend a week with us first; would the half-term holidays suit her?"))),
        (8000, (ADA, Set(Archived))),
    ]),
    story(510, ("Saoirse Walsh", "saoirse@example.org"), ROOF, "We would like an offer for renewing the flat roof of our garage, about 24 square metres.", &[
        (90, (BEN, Assign(DANA))),
        (700, (DANA, Reply("From the photographs it looks as if the deck is sound. The offer is attached; it has two variants, with and without planting."))),
    ]).via("bing"),
    story(470, ("Samir Khan", "samir.khan@example.com"), HEAT_PUMP, "We received your quote for the heat pump. Does the price include removing the oil tank?", &[
        (50, (BEN, Assign(EMRE))),
        (130, (EMRE, Reply("It does not, because tanks differ so much. For a steel tank of 3,000 litres it would be around 900."))),
        (5500, (EMRE, Convert)),
    ]),
    story(420, ("Grace Young", "grace.young@example.com"), GARDEN, "The hedge along the lane is now three metres high and the neighbours complain. Can you cut it back, and is that allowed at this time of the year?", &[
        (25, (BEN, Assign(DANA))),
        (95, (DANA, Reply("From October on it is. I have put you down for the first week, half a day for two of us."))),
        (10500, (DANA, Set(Archived))),
    ]).via("google"),
    story(372, ("Hana Novak", "hana.novak@example.net"), PAINTING, "I rent, and the landlord wants everything white again. How long do you need for 62 square metres?", &[
        (400, (BEN, Reply("Two days with two people, if the furniture is out. Shall we hold the 28th and 29th for you?"))),
    ]),
    story(331, ("Priya Raman", "priya.raman@example.com"), BATHROOM, "The new shower is wonderful, thank you! Only the door rattles a little when it closes.", &[
        (45, (BEN, Assign(DANA))),
        (80, (DANA, Reply("I am glad! That is one screw; I will come by on Wednesday on my way home."))),
        (3600, (DANA, Set(Archived))),
    ]),
    story(290, ("Idris Cohen", "idris@cohen-dental.example"), PLUMBING, "In our practice the drain of treatment room two backs up. We could keep the room closed tomorrow until noon.", &[
        (15, (ADA, Assign(CHIDI))),
        (40, (CHIDI, Reply("I will be there tomorrow at seven with the camera, so that we see where it sits."))),
        (1400, (CHIDI, Reply("It was a broken joint under the corridor. It is sealed from inside; you can use the room again at two."))),
    ]).at("Cohen Dental Practice"),
    story(250, ("Bela Varga", "bela.varga@example.com"), BOILER, "Since the service the boiler makes a whistling noise, mostly in the morning.", &[
        (60, (BEN, Assign(CHIDI))),
        (190, (CHIDI, Reply("I would like to hear that myself. Would tomorrow at eight be early enough?"))),
        (1600, (CHIDI, Reply("The burner seal had moved. It is new now and costs you nothing, of course."))),
    ]),
    story(205, ("Carmen Silva", "carmen.silva@example.org"), ROOF, "Do you also clean solar panels? Ours have been there for ten years and yield less and less.", &[
        (500, (BEN, Assign(DANA))),
        (650, (DANA, Reply("We do, from spring on. Cleaning brings back a few per cent at most, so let us look at the inverter first."))),
    ]).via("newsletter"),
    story(168, ("Emil Schmidt", "emil@schmidt-architects.example"), HEAT_PUMP, "We are planning a house for six families and look for a partner for the heating. Who would be the right person to speak to?", &[
        (110, (ADA, Assign(BEN))),
        (240, (BEN, Reply("That would be Emre and me. Could you send us the energy concept, if there is one already?"))),
        (3000, (BEN, Set(InProgress))),
    ]).at("Schmidt Architects").via("linkedin"),
    story(132, ("Yara Moreau", "yara.moreau@example.com"), BATHROOM, "Is it possible to put underfloor heating below tiles that are already there?", &[
        (75, (BEN, Assign(EMRE))),
        (180, (EMRE, Reply("Not below them, but on top: electric mats need only four millimetres and new tiles. I can show you one in our workshop."))),
    ]).via("google"),
    story(98, ("Kofi Grant", "kofi.grant@example.net"), PLUMBING, "Water drips from the ceiling of our cellar, but only when somebody showers on the first floor.", &[
        (8, (ADA, Assign(CHIDI))),
        (30, (CHIDI, Reply("Please do not use that shower for now. I can come today at five."))),
    ]),
    general(75, ("Lena Fischer", "lena.fischer@example.com"), "We would like to write about family businesses by the harbour in the Saturday supplement. Would you have half an hour for us next week?", &[
        (400, (BEN, Assign(ADA))),
    ]).at("The Harbour Post"),
    story(52, ("Olu Rahman", "olu.rahman@example.org"), GARDEN, "Our pond leaks, we think at the edge by the reeds. Is that something you do?", &[
        (150, (BEN, Assign(DANA))),
        (200, (DANA, Reply("It is. Please mark the level with a stick every evening until Friday; where it stops sinking is where the hole is."))),
    ]),
    story(30, ("Wei Zhang", "wei.zhang@example.com"), PAINTING, "We need an offer for the stairwell of a house with five floors, with scaffolding if you think it needs any.", &[
        (90, (BEN, Assign(DANA))),
    ]).at("Zhang Holdings").via("directory"),
    story(21, ("Niamh Gallagher", "niamh@example.net"), BOILER, "There is an error E4 on the boiler's display and it is getting cold. I have switched it off and on again, as the manual says.", &[
        (12, (BEN, Assign(EMRE))),
        (20, (EMRE, Reply("E4 is the sensor in the flow. I have one in the van and can be there at six."))),
    ]).via("google"),
    story(9, ("Tomás Pereira", "tomas.pereira@example.com"), ROOF, "The gutter at the front overflows whenever it rains. I believe the downpipe is blocked by leaves.", &[]).via("bing"),
    story(5, ("Ursula Zimmermann", "ursula.z@example.org"), HEAT_PUMP, "My neighbour is delighted with the heat pump that you installed in the summer. Could you come and look at our cellar too?", &[]).via("recommendation"),
    general(3, ("Quentin Ashworth", "quentin.ashworth@example.com"), "Your invoice of the 3rd has the old address on it. Could you send it again with the new one, Orchard Close 7?", &[]),
    story(1, ("Zoë Lindholm", "zoe.lindholm@example.net"), PLUMBING, "The washing machine has flooded the kitchen and now the fuse does not go back in. Can somebody come today?", &[]).via("google"),
];
