//! Which column of a file is what of a lead.

use kernel::{Error, ProblemCode, Result, text::fold};
use serde::{Deserialize, Serialize};

use super::sheet::Row;
use crate::usecases::leads::create_lead::CreateLead;

/// What a column may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImportField {
    /// Their whole name.
    Name,
    /// Their first name.
    FirstName,
    /// Their last name.
    LastName,
    /// Their address.
    Email,
    /// Their telephone number.
    Phone,
    /// Their company.
    Company,
    /// What is known of them.
    Notes,
}

/// What columns are called, without blanks and signs.
const WORDS: &[(ImportField, &[&str])] = &[
    (
        ImportField::Name,
        &[
            "name",
            "fullname",
            "contact",
            "contactname",
            "lead",
            "vollername",
            "nom",
            "nombre",
            "nome",
            "ansprechpartner",
            "kontakt",
        ],
    ),
    (ImportField::FirstName, &["firstname", "givenname", "vorname", "prenom", "nombredepila"]),
    (
        ImportField::LastName,
        &[
            "lastname",
            "surname",
            "familyname",
            "nachname",
            "familienname",
            "nomdefamille",
            "apellido",
            "apellidos",
            "cognome",
        ],
    ),
    (
        ImportField::Email,
        &[
            "email",
            "emailaddress",
            "mail",
            "mailaddress",
            "emailadresse",
            "mailadresse",
            "courriel",
            "correo",
            "correoelectronico",
            "eposta",
        ],
    ),
    (
        ImportField::Phone,
        &[
            "phone",
            "phonenumber",
            "telephone",
            "telephonenumber",
            "tel",
            "mobile",
            "mobilephone",
            "cell",
            "telefon",
            "telefonnummer",
            "handy",
            "mobil",
            "telefono",
            "movil",
        ],
    ),
    (
        ImportField::Company,
        &[
            "company",
            "companyname",
            "organization",
            "organisation",
            "account",
            "firma",
            "unternehmen",
            "societe",
            "entreprise",
            "empresa",
            "azienda",
        ],
    ),
    (
        ImportField::Notes,
        &[
            "notes",
            "note",
            "comment",
            "comments",
            "remarks",
            "description",
            "notiz",
            "notizen",
            "bemerkung",
            "bemerkungen",
            "kommentar",
            "remarque",
            "notas",
        ],
    ),
];

/// A column by its name, as somebody says what it is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Named {
    /// The name of the column.
    pub column: String,
    /// What it is.
    pub field: ImportField,
}

/// Which columns are what, by their numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mapping(pub Vec<(usize, ImportField)>);

fn bare(name: &str) -> String {
    fold(name).chars().filter(|c| c.is_alphanumeric()).collect()
}

impl Mapping {
    /// As somebody says, or by the names of the columns.
    ///
    /// # Errors
    /// [`Error::Invalid`] at `fileId` for two columns of one name, at `mapping` for a column that is not there, for what two columns are, and where no column says who
    /// somebody is.
    pub fn of(head: &[String], given: Option<&[Named]>) -> Result<Self> {
        let refused = |code, why: String| Error::invalid("mapping", code, why);
        let twice = |(at, name): &(usize, &String)| {
            let name = bare(name);
            !name.is_empty() && head[..*at].iter().any(|other| bare(other) == name)
        };
        if let Some((_, name)) = head.iter().enumerate().find(twice) {
            let why = format!("has two columns of the name {name:.60}");
            return Err(Error::invalid("fileId", ProblemCode::NotAllowed, why));
        }
        let mut found: Vec<(usize, ImportField)> = Vec::new();
        match given {
            Some(given) => {
                for (n, named) in given.iter().enumerate() {
                    let refused = |code, why: String| Error::invalid(&format!("mapping.{n}.column"), code, why);
                    let at = head.iter().position(|column| bare(column) == bare(&named.column));
                    let at = at.ok_or_else(|| {
                        refused(ProblemCode::NotAvailable, format!("there is no column {:.60}", named.column))
                    })?;
                    if found.iter().any(|(column, field)| *column == at || *field == named.field) {
                        let why = format!("the column {:.60} or what it is was named already", named.column);
                        return Err(refused(ProblemCode::NotAllowed, why));
                    }
                    found.push((at, named.field));
                }
            }
            None => {
                for (at, column) in head.iter().enumerate() {
                    let name = bare(column);
                    let known = WORDS.iter().find(|(_, words)| words.contains(&name.as_str()));
                    // The first column of a name is it.
                    if let Some((field, _)) = known.filter(|(field, _)| found.iter().all(|(_, known)| known != field)) {
                        found.push((at, *field));
                    }
                }
            }
        }
        let says_who = |field: &ImportField| !matches!(field, ImportField::Company | ImportField::Notes);
        if !found.iter().any(|(_, field)| says_who(field)) {
            let why = "no column is a name, an e-mail address or a telephone number: say which is what";
            return Err(refused(ProblemCode::Blank, why.into()));
        }
        Ok(Self(found))
    }

    /// The lead of a row.
    pub fn lead(&self, row: &Row) -> CreateLead {
        let value = |wanted: ImportField| {
            let at = self.0.iter().find(|(_, field)| *field == wanted).map(|(at, _)| *at)?;
            row.values.get(at).filter(|value| !value.is_empty()).cloned()
        };
        // A cell of several lines is a name too.
        let line = |wanted| value(wanted).map(|text| text.split_whitespace().collect::<Vec<_>>().join(" "));
        let parts = [line(ImportField::FirstName), line(ImportField::LastName)];
        let parts = parts.into_iter().flatten().collect::<Vec<_>>().join(" ");
        CreateLead {
            name: line(ImportField::Name).or(Some(parts).filter(|name| !name.is_empty())),
            email: value(ImportField::Email),
            phone: value(ImportField::Phone),
            company: line(ImportField::Company),
            notes: value(ImportField::Notes),
            owner: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn columns_are_known_by_their_names_in_several_languages() {
        let of = |names: &[&str]| Mapping::of(&head(names), None).map(|mapping| mapping.0).unwrap_or_default();
        use ImportField::{Company, Email, FirstName, LastName, Name, Phone};
        assert_eq!(
            of(&["Vorname", "Nachname", "E-Mail", "x", "Firma"]),
            [(0, FirstName), (1, LastName), (2, Email), (4, Company)]
        );
        assert_eq!(of(&["Téléphone", "Nom"]), [(0, Phone), (1, Name)]);
        assert_eq!(of(&["email", "E-mail address"]), [(0, Email)]);
        assert_eq!(of(&["x", "Company"]), []);
        assert!(Mapping::of(&head(&["Name", "E-Mail", "email"]), None).is_err(), "which of them?");
        assert!(Mapping::of(&head(&["Name", "", ""]), None).is_ok());
    }

    #[test]
    fn columns_can_be_named_and_each_is_one_thing() {
        let named = |column: &str, field| Named { column: column.into(), field };
        let head = head(&["A", "B"]);
        let of = |given: &[Named]| Mapping::of(&head, Some(given));
        let mapping = of(&[named("b", ImportField::FirstName), named("A", ImportField::LastName)]).unwrap();
        let row = Row { number: 2, values: vec!["Love\nlace".into(), "Ada".into()], broken: None };
        assert_eq!(mapping.lead(&row).name.as_deref(), Some("Ada Love lace"));
        assert_eq!(mapping.lead(&Row { number: 3, values: vec![], broken: None }).name, None, "a row may be short");
        for wrong in [
            vec![],
            vec![named("C", ImportField::Name)],
            vec![named("A", ImportField::Company)],
            vec![named("A", ImportField::Name), named("B", ImportField::Name)],
            vec![named("A", ImportField::Name), named("A", ImportField::Email)],
        ] {
            assert!(of(&wrong).is_err(), "{wrong:?}");
        }
    }
}
