//! The table that comes out.

/// What was measured and what it should be.
#[derive(Default)]
pub struct Table {
    rows: Vec<[String; 6]>,
    missed: usize,
}

impl Table {
    /// A ratio of the product to a limit; it must be at most the goal, or at least it.
    pub fn ratio(&mut self, measure: &str, (product, limit): (f64, f64), unit: &str, goal: Goal) {
        let ratio = product / limit;
        let number = |value: f64| format!("{value:.2} {unit}");
        self.add(measure, number(product), number(limit), format!("{ratio:.2}"), ratio, goal);
    }

    /// A number that stands for itself.
    pub fn number(&mut self, measure: &str, value: f64, unit: &str, goal: Goal) {
        self.add(measure, format!("{value:.2} {unit}"), String::new(), String::new(), value, goal);
    }

    fn add(&mut self, measure: &str, product: String, limit: String, ratio: String, value: f64, goal: Goal) {
        let (goal, ok) = match goal {
            Goal::AtMost(most) => (format!("≤ {most}"), Some(value <= most)),
            Goal::AtLeast(least) => (format!("≥ {least}"), Some(value >= least)),
            Goal::None => (String::new(), None),
        };
        let ok = match ok {
            Some(true) => "yes",
            Some(false) => "NO",
            None => "",
        };
        self.missed += usize::from(ok == "NO");
        let row = [measure.to_owned(), product, limit, ratio, goal, ok.to_owned()];
        eprintln!("  {}", row.join("  "));
        self.rows.push(row);
    }

    /// Prints the table and returns how many goals were missed.
    pub fn print(&self) -> usize {
        let head = ["measure", "product", "limit", "ratio", "goal", "ok"].map(str::to_owned);
        let rows: Vec<_> = std::iter::once(&head).chain(&self.rows).collect();
        let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
        for row in &rows {
            let cells: Vec<_> = (0..6).map(|column| format!("{:<1$}", row[column], width(column))).collect();
            println!("{}", cells.join(" | ").trim_end());
        }
        self.missed
    }
}

/// What a value should be.
#[derive(Clone, Copy)]
pub enum Goal {
    /// No more than that.
    AtMost(f64),
    /// No less than that.
    AtLeast(f64),
    /// Anything: it is there to be read.
    None,
}
