//! Who writes to Harbour & Lane through B2Chat, who answers, and what is said.

/// The departments: code, name, and which of them each is below.
pub const DEPARTMENTS: [(&str, &str, Option<usize>); 6] = [
    ("CARE", "Customer care", None),
    ("CARE-BOOK", "Bookings", Some(0)),
    ("CARE-HELP", "Repairs and help", Some(0)),
    ("SALES", "Sales", None),
    ("SALES-HOME", "Homes", Some(3)),
    ("SALES-BIZ", "Businesses", Some(3)),
];

/// The agents: name, address, and which department they are of. Some are colleagues.
pub const AGENTS: [(&str, &str, usize); 7] = [
    ("Ben Lane", "ben@demo.frontdesk.example", 1),
    ("Chidi Okafor", "chidi@demo.frontdesk.example", 2),
    ("Dana Lindqvist", "dana@demo.frontdesk.example", 5),
    ("Gloria Restrepo", "gloria@care.example", 1),
    ("Hugo Ferreira", "hugo@care.example", 2),
    ("Ines Castillo", "ines@care.example", 4),
    ("Jan de Wit", "jan@care.example", 4),
];

/// What contacts are called.
pub const FIRST_NAMES: &[&str] = &[
    "Ana",
    "Luis",
    "Mariana",
    "Carlos",
    "Sofia",
    "Jorge",
    "Valentina",
    "Pedro",
    "Lucia",
    "Mateo",
    "Emma",
    "Noah",
    "Olivia",
    "Liam",
    "Mia",
    "Lena",
    "Paul",
    "Clara",
    "Hugo",
    "Alice",
    "Marta",
    "Tomas",
    "Elena",
    "Andres",
];

/// And by their families.
pub const LAST_NAMES: &[&str] = &[
    "Garcia",
    "Rodriguez",
    "Martinez",
    "Lopez",
    "Gonzalez",
    "Perez",
    "Silva",
    "Santos",
    "Costa",
    "Rossi",
    "Weber",
    "Schmidt",
    "Dubois",
    "Moreau",
    "Smith",
    "Jones",
    "Taylor",
    "Brown",
    "Novak",
    "Lindgren",
    "Okoro",
    "Haddad",
];

/// One message: whether it is the contact's, and what it says.
pub type Line = (bool, &'static str);

/// A chat and two ways in which it ends.
pub struct Talk {
    /// What it is about.
    pub topic: &'static str,
    /// Its tag.
    pub tag: &'static str,
    /// What is noted in the end.
    pub note: &'static str,
    /// With what it begins.
    pub asks: &'static str,
    /// What is said then.
    pub talk: &'static [Line],
    /// How it ends where all goes well.
    pub well: &'static [Line],
    /// And where it does not.
    pub badly: &'static [Line],
}

/// What people talk about.
pub const TALKS: [Talk; 8] = [
    Talk {
        topic: "Appointment",
        tag: "booking",
        note: "Appointment booked",
        asks: "Hello, can somebody look at our heating this week?",
        talk: &[(false, "Hello! We have Thursday at 10:00 or Friday at 14:00."), (true, "Thursday please.")],
        well: &[(false, "Booked: Thursday, 10:00."), (true, "Thank you very much!")],
        badly: &[(true, "Is it booked now?"), (true, "Hello?")],
    },
    Talk {
        topic: "Appointment",
        tag: "booking",
        note: "Appointment moved",
        asks: "Hola, ¿puedo cambiar mi cita del martes?",
        talk: &[(false, "Claro, ¿qué día le queda mejor?"), (true, "El miércoles por la mañana.")],
        well: &[(false, "Listo, miércoles a las 9:00."), (true, "Perfecto, muchas gracias.")],
        badly: &[(true, "Sigo esperando una respuesta, esto es inaceptable.")],
    },
    Talk {
        topic: "Leak",
        tag: "urgent repair",
        note: "A colleague was sent",
        asks: "Water comes through the ceiling! Can you come today?",
        talk: &[(false, "Please close the main valve. Which address is it?"), (true, "Quay Street 12, second floor.")],
        well: &[(false, "Chidi is with you in 40 minutes."), (true, "Great, thanks a lot.")],
        badly: &[
            (true, "It is two hours now and nobody is here. This is terrible!"),
            (true, "When does somebody come?"),
        ],
    },
    Talk {
        topic: "Price",
        tag: "quote",
        note: "A quote was sent",
        asks: "Buenas tardes, ¿cuánto cuesta pintar tres habitaciones?",
        talk: &[
            (false, "Buenas tardes. ¿Cuántos metros son, más o menos?"),
            (true, "Unos 60 metros cuadrados."),
            (false, "Le envío una propuesta por correo hoy mismo."),
        ],
        well: &[(true, "Excelente, gracias.")],
        badly: &[(true, "No ha llegado nada. ¿La envían o no?")],
    },
    Talk {
        topic: "Invoice",
        tag: "invoice",
        note: "The invoice was corrected",
        asks: "The last invoice has the wrong address. Can you correct it?",
        talk: &[(false, "Of course. What should it say?"), (true, "Lakeside 4, first floor.")],
        well: &[(false, "You have the new one in your mail."), (true, "Perfect, thank you.")],
        badly: &[(true, "It is wrong again. I am very disappointed.")],
    },
    Talk {
        topic: "Repair",
        tag: "repair",
        note: "Explained, and it works",
        asks: "Guten Tag, der Boiler zeigt E4 an. Was heißt das?",
        talk: &[
            (false, "Guten Tag! Der Druck ist zu niedrig. Bitte Wasser nachfüllen, bis 1,5 bar."),
            (true, "Einen Moment."),
        ],
        well: &[(true, "Funktioniert wieder, vielen Dank!")],
        badly: &[(true, "Geht immer noch nicht. Kommt jemand vorbei?")],
    },
    Talk {
        topic: "Contract",
        tag: "maintenance",
        note: "A contract was offered",
        asks: "Do you offer a maintenance contract for offices?",
        talk: &[
            (false, "We do: twice a year, from 40 a month. How many offices are they?"),
            (true, "Three, all in the harbour."),
        ],
        well: &[(false, "Dana will send you an offer."), (true, "Sounds great.")],
        badly: &[(true, "I wrote to you last week too. Does anybody read this?")],
    },
    Talk {
        topic: "Opening hours",
        tag: "question",
        note: "Answered",
        asks: "Olá, vocês atendem no sábado?",
        talk: &[(false, "Olá! Sim, das 9 às 13 horas.")],
        well: &[(true, "Obrigada!")],
        badly: &[(true, "E no domingo?")],
    },
];
