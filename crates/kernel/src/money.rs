//! Amounts of money, exactly: whole numbers of a currency's smallest unit (ISO 4217).

use std::fmt;

/// The currencies in use, by how many decimals they have (ISO 4217, list one, 2026).
const CURRENCIES: [(u32, &str); 4] = [
    (0, "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"),
    (
        2,
        "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CNY \
         COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS \
         INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR \
         MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP \
         STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG",
    ),
    (3, "BHD IQD JOD KWD LYD OMR TND"),
    (4, "CLF UYW"),
];

/// The most digits that an amount may have, decimals and all.
const DIGITS: usize = 15;

/// A currency in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Currency {
    code: &'static str,
    decimals: u32,
}

impl Currency {
    /// That of a code, however its letters are typed; `None` where there is no such currency.
    pub fn of(code: &str) -> Option<Self> {
        let code = code.trim();
        CURRENCIES.iter().find_map(|(decimals, codes)| {
            let code = codes.split(' ').find(|known| known.eq_ignore_ascii_case(code))?;
            Some(Self { code, decimals: *decimals })
        })
    }

    /// Its code, such as `EUR`.
    pub fn code(self) -> &'static str {
        self.code
    }

    /// How many decimals its amounts have.
    pub fn decimals(self) -> u32 {
        self.decimals
    }
}

/// Why a text is no amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoAmount {
    /// It is no decimal number.
    Form,
    /// It is less than nothing.
    Negative,
    /// It has more decimals than the currency.
    Decimals,
    /// It has more digits than are kept.
    TooLarge,
}

impl NoAmount {
    /// What is wrong, as the end of a sentence about it.
    pub fn message(self, currency: Currency) -> String {
        match (self, currency.decimals) {
            (Self::Form, _) => "must be a decimal number such as 1234.50".into(),
            (Self::Negative, _) => "must not be negative".into(),
            (Self::Decimals, 0) => format!("must be a whole number: {} has no decimals", currency.code),
            (Self::Decimals, decimals) => format!("may have at most {decimals} decimals in {}", currency.code),
            (Self::TooLarge, _) => format!("may have at most {DIGITS} digits"),
        }
    }
}

/// An amount of money.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Money {
    /// How many of the currency's smallest unit.
    pub minor: i64,
    /// The currency.
    pub currency: Currency,
}

impl Money {
    /// Reads a decimal number such as `1234.50`, exactly.
    ///
    /// # Errors
    /// Why it is none.
    pub fn read(text: &str, currency: Currency) -> Result<Self, NoAmount> {
        let text = text.trim();
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (whole, part) = match digits.split_once('.') {
            Some((whole, part)) => (whole, Some(part)),
            None => (digits, None),
        };
        let all = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if !all(whole) || !part.is_none_or(all) {
            return Err(NoAmount::Form);
        }
        let part = part.unwrap_or_default();
        let decimals = currency.decimals as usize;
        if part.len() > decimals {
            return Err(NoAmount::Decimals);
        }
        let whole = whole.trim_start_matches('0');
        if whole.len() + decimals > DIGITS {
            return Err(NoAmount::TooLarge);
        }
        let digits = format!("{whole}{part:0<decimals$}");
        let minor = if digits.is_empty() { 0 } else { digits.parse().map_err(|_| NoAmount::TooLarge)? };
        if negative && minor != 0 {
            return Err(NoAmount::Negative);
        }
        Ok(Self { minor, currency })
    }
}

impl fmt::Display for Money {
    /// The amount without its currency, with all decimals that it has.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.currency.decimals {
            0 => write!(f, "{}", self.minor),
            decimals => {
                let unit = 10_i64.pow(decimals);
                write!(f, "{}.{:0width$}", self.minor / unit, self.minor % unit, width = decimals as usize)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, code: &str) -> Result<(i64, String), NoAmount> {
        Money::read(text, Currency::of(code).unwrap()).map(|money| (money.minor, money.to_string()))
    }

    /// B75.
    #[test]
    fn amounts_are_exact_in_the_units_of_their_currency() {
        assert_eq!(read("13024.92", "EUR"), Ok((1_302_492, "13024.92".into())));
        assert_eq!(read("0.10", "EUR").map(|(minor, _)| minor * 3), Ok(30));
        assert_eq!(read("123", "JPY"), Ok((123, "123".into())));
        assert_eq!(read("1.5", "kwd"), Ok((1500, "1.500".into())));
        assert_eq!(read("1.2345", "CLF"), Ok((12_345, "1.2345".into())));
        assert_eq!(read("007", "GBP"), Ok((700, "7.00".into())));
        assert_eq!(read("0", "EUR"), Ok((0, "0.00".into())));
        assert_eq!(read("-0.00", "EUR"), Ok((0, "0.00".into())));
        assert_eq!(read("9999999999999.99", "EUR"), Ok((999_999_999_999_999, "9999999999999.99".into())));
    }

    #[test]
    fn what_is_no_amount_is_refused_for_what_it_is() {
        for (text, code, why) in [
            ("1.005", "EUR", NoAmount::Decimals),
            ("10.000", "EUR", NoAmount::Decimals),
            ("1.5", "JPY", NoAmount::Decimals),
            ("1.0001", "KWD", NoAmount::Decimals),
            ("-1", "EUR", NoAmount::Negative),
            ("-0.01", "EUR", NoAmount::Negative),
            ("10000000000000.00", "EUR", NoAmount::TooLarge),
            ("1000000000000000", "JPY", NoAmount::TooLarge),
            ("", "EUR", NoAmount::Form),
            (".5", "EUR", NoAmount::Form),
            ("5.", "EUR", NoAmount::Form),
            ("1,50", "EUR", NoAmount::Form),
            ("1e3", "EUR", NoAmount::Form),
            ("+1", "EUR", NoAmount::Form),
            ("--1", "EUR", NoAmount::Form),
            ("NaN", "EUR", NoAmount::Form),
            ("１", "EUR", NoAmount::Form),
        ] {
            assert_eq!(read(text, code), Err(why), "{text} {code}");
        }
    }

    #[test]
    fn a_currency_is_one_that_is_in_use() {
        assert_eq!(Currency::of(" eur ").map(Currency::code), Some("EUR"));
        for (code, decimals) in [("USD", 2), ("JPY", 0), ("KWD", 3), ("UYW", 4)] {
            assert_eq!(Currency::of(code).map(Currency::decimals), Some(decimals), "{code}");
        }
        for none in ["", "EU", "EURO", "DEM", "BGN", "XXX", "E R", "€", "EUR GBP"] {
            assert_eq!(Currency::of(none), None, "{none}");
        }
        let all: Vec<_> = CURRENCIES.iter().flat_map(|(_, codes)| codes.split(' ')).collect();
        assert!(all.iter().all(|code| code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_uppercase())));
        let unique: std::collections::HashSet<_> = all.iter().collect();
        assert_eq!(unique.len(), all.len());
    }
}
