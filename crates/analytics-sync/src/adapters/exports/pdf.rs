//! Reports: a title page, charts drawn as vectors, and the rows as a table whose head stands on every page.
//!
//! The font is DejaVu Sans, which is in the program (`crates/analytics-sync/fonts`, with its licence): Latin, Greek, Cyrillic, Arabic,
//! Hebrew, Armenian, Georgian and more. What it has no sign for is shown as a box.

use std::{fs::File, io::Write};

use chrono_tz::Tz;
use kernel::{Error, Result};
use krilla::{
    Document,
    color::rgb,
    geom::{PathBuilder, Point, Rect},
    metadata::Metadata,
    num::NormalizedF32,
    page::PageSettings,
    paint::Fill,
    surface::Surface,
    text::{Font, TextDirection},
};
use skrifa::{
    FontRef, MetadataProvider,
    instance::{LocationRef, Size},
    metrics::GlyphMetrics,
};

use super::book::Heading;
use crate::domain::exports::{cells::Cell, columns::Column, report::Days};

const FONT: &[u8] = include_bytes!("../../../fonts/DejaVuSans.ttf");
/// A4, lying, in points.
const WIDTH: f32 = 841.89;
const HEIGHT: f32 = 595.28;
const MARGIN: f32 = 40.0;
/// The size of the table's letters, and the height of its rows.
const SMALL: f32 = 7.0;
const ROW: f32 = 12.0;
/// The most bars of a chart.
const BARS: usize = 62;

const INK: (u8, u8, u8) = (33, 37, 41);
const GREY: (u8, u8, u8) = (108, 117, 125);
const BLUE: (u8, u8, u8) = (31, 111, 235);
const GREEN: (u8, u8, u8) = (26, 127, 55);
const SHADE: (u8, u8, u8) = (241, 243, 245);

/// A report being gathered: so few rows that somebody reads them.
pub struct Report {
    columns: Vec<&'static Column>,
    zone: Tz,
    rows: Vec<Vec<String>>,
}

/// Draws on a page.
struct Pen<'a, 'b> {
    surface: Surface<'a>,
    font: &'b Font,
    widths: &'b Widths<'b>,
}

/// How wide letters are.
struct Widths<'a> {
    font: FontRef<'a>,
    metrics: GlyphMetrics<'a>,
}

impl Widths<'_> {
    /// Of one letter of size 1; what the font does not know is as wide as its box.
    fn of(&self, c: char) -> f32 {
        let glyph = self.font.charmap().map(c).unwrap_or_default();
        self.metrics.advance_width(glyph).unwrap_or(0.6)
    }

    /// As much of a text as fits, in one line and without controls.
    fn fit(&self, text: &str, size: f32, room: f32) -> String {
        let mut fitting = String::new();
        let mut used = 0.0;
        let dots = self.of('…') * size;
        let line = text.chars().map(|c| if c.is_control() { ' ' } else { c });
        let mut safe = 0;
        for c in line {
            used += self.of(c) * size;
            if used > room {
                fitting.truncate(safe);
                fitting.push('…');
                return fitting;
            }
            fitting.push(c);
            if used + dots <= room {
                safe = fitting.len();
            }
        }
        fitting
    }
}

impl Pen<'_, '_> {
    fn colour(&mut self, (r, g, b): (u8, u8, u8)) {
        let paint = rgb::Color::new(r, g, b).into();
        self.surface.set_fill(Some(Fill {
            paint,
            opacity: NormalizedF32::ONE,
            rule: krilla::paint::FillRule::default(),
        }));
    }

    fn text(&mut self, x: f32, y: f32, size: f32, room: f32, text: &str) {
        let text = self.widths.fit(text, size, room);
        if !text.trim().is_empty() {
            self.surface.draw_text(Point::from_xy(x, y), self.font.clone(), size, &text, false, TextDirection::Auto);
        }
    }

    fn bar(&mut self, x: f32, y: f32, width: f32, height: f32) {
        let mut path = PathBuilder::new();
        if let Some(rect) = Rect::from_xywh(x, y, width.max(0.1), height.max(0.1)) {
            path.push_rect(rect);
        }
        if let Some(path) = path.finish() {
            self.surface.draw_path(&path);
        }
    }

    /// A chart of bars in a box: what it shows, the values with their labels, and how a value is said.
    fn chart(
        &mut self,
        top: f32,
        title: &str,
        colour: (u8, u8, u8),
        bars: &[(String, Option<f64>)],
        said: fn(f64) -> String,
    ) {
        const TALL: f32 = 130.0;
        self.colour(INK);
        self.text(MARGIN, top, 10.0, WIDTH, title);
        let most = bars.iter().filter_map(|(_, value)| *value).fold(0.0_f64, f64::max);
        let (left, bottom) = (MARGIN + 50.0, top + 15.0 + TALL);
        self.colour(GREY);
        self.text(MARGIN, top + 22.0, 7.0, 48.0, &said(most));
        self.text(MARGIN, bottom, 7.0, 48.0, &said(0.0));
        self.bar(left, bottom, WIDTH - MARGIN - left, 0.5);
        let step = (WIDTH - MARGIN - left) / small(bars.len().max(1));
        self.colour(colour);
        for (n, (_, value)) in bars.iter().enumerate() {
            if let Some(value) = value.filter(|_| most > 0.0) {
                #[expect(clippy::cast_possible_truncation, reason = "a share of one")]
                let tall = (value / most) as f32 * TALL;
                self.bar(left + step * small(n) + step * 0.1, bottom - tall, step * 0.8, tall);
            }
        }
        self.colour(GREY);
        // As many days as can be read.
        let every = bars.len().div_ceil(12).max(1);
        for (n, (label, _)) in bars.iter().enumerate().step_by(every) {
            self.text(left + step * small(n), bottom + 10.0, 6.0, 60.0, label);
        }
    }
}

/// A small number of things.
fn small(number: usize) -> f32 {
    f32::from(u16::try_from(number).unwrap_or(u16::MAX))
}

/// Seconds as people say them.
fn spoken(seconds: f64) -> String {
    match seconds {
        s if s >= 5400.0 => format!("{:.1} h", s / 3600.0),
        s if s >= 90.0 => format!("{:.1} min", s / 60.0),
        s => format!("{s:.0} s"),
    }
}

impl Report {
    /// With these columns.
    pub fn new(columns: Vec<&'static Column>, zone: Tz) -> Self {
        Self { columns, zone, rows: Vec::new() }
    }

    /// Adds rows, of each value no more than a page could show.
    pub fn rows(&mut self, rows: &[Vec<Cell>]) {
        let shown = |cell: &Cell| cell.shown(self.zone).chars().take(200).collect();
        let rows: Vec<Vec<String>> = rows.iter().map(|row| row.iter().map(shown).collect()).collect();
        self.rows.extend(rows);
    }

    /// Writes the file.
    pub fn finish(self, file: &mut File, heading: &Heading, count: usize, days: &Days) -> Result<()> {
        let none = || Error::internal("the font of reports cannot be read");
        let font = Font::new(FONT.into(), 0).ok_or_else(none)?;
        let known = FontRef::new(FONT).map_err(Error::internal)?;
        let metrics = known.glyph_metrics(Size::new(1.0), LocationRef::default());
        let widths = Widths { font: known, metrics };
        let mut document = Document::new();
        document.set_metadata(Metadata::new().title(format!("{} – {}", heading.title, heading.company)));
        let size = || PageSettings::from_wh(WIDTH, HEIGHT).ok_or_else(|| Error::internal("a page has a size"));
        let each = usize::try_from(((HEIGHT - 2.0 * MARGIN - 2.0 * ROW) / ROW) as i64).unwrap_or(1).max(1);
        let pages = 1 + self.rows.len().div_ceil(each);
        let mut page = document.start_page_with(size()?);
        let mut pen = Pen { surface: page.surface(), font: &font, widths: &widths };
        self.title(&mut pen, heading, count, days, pages);
        drop(pen);
        page.finish();
        for (number, rows) in self.rows.chunks(each).enumerate() {
            let mut page = document.start_page_with(size()?);
            let mut pen = Pen { surface: page.surface(), font: &font, widths: &widths };
            self.table(&mut pen, rows);
            foot(&mut pen, heading, number + 2, pages);
            drop(pen);
            page.finish();
        }
        let bytes = document.finish().map_err(|error| Error::internal(format!("{error:?}")))?;
        file.write_all(&bytes).map_err(Error::unavailable)
    }

    fn title(&self, pen: &mut Pen<'_, '_>, heading: &Heading, count: usize, days: &Days, pages: usize) {
        let zone = self.zone;
        let day = |at: chrono::DateTime<chrono::Utc>| at.with_timezone(&zone).format("%Y-%m-%d %H:%M").to_string();
        pen.colour(GREY);
        pen.text(MARGIN, MARGIN + 10.0, 11.0, WIDTH - 2.0 * MARGIN, &heading.company);
        pen.colour(INK);
        pen.text(MARGIN, MARGIN + 36.0, 22.0, WIDTH - 2.0 * MARGIN, heading.title);
        let from = heading.from.map_or("the beginning".to_owned(), day);
        let until = heading.until.map_or("now".to_owned(), day);
        pen.text(MARGIN, MARGIN + 56.0, 10.0, WIDTH, &format!("Period: {from} – {until} ({zone})"));
        let rows = if count == 0 { "There is nothing to show.".to_owned() } else { format!("Rows: {count}") };
        pen.text(MARGIN, MARGIN + 72.0, 10.0, WIDTH, &rows);
        pen.text(MARGIN, MARGIN + 88.0, 10.0, WIDTH, &format!("Made: {}", day(heading.made)));
        let bars = days.bars(BARS);
        if !bars.is_empty() {
            let label = |day: chrono::NaiveDate| day.format("%Y-%m-%d").to_string();
            let volume: Vec<_> = bars.iter().map(|(day, chats, _)| (label(*day), Some(f64::from(*chats)))).collect();
            pen.chart(MARGIN + 130.0, "Chats by day", BLUE, &volume, |value| format!("{value:.0}"));
            let response: Vec<_> = bars.iter().map(|(day, _, mean)| (label(*day), *mean)).collect();
            pen.chart(MARGIN + 325.0, "Average time to the first response by day", GREEN, &response, spoken);
        }
        foot(pen, heading, 1, pages);
    }

    fn table(&self, pen: &mut Pen<'_, '_>, rows: &[Vec<String>]) {
        let all: u16 = self.columns.iter().map(|column| column.width).sum();
        let unit = (WIDTH - 2.0 * MARGIN) / f32::from(all.max(1));
        let places: Vec<(f32, f32)> = self
            .columns
            .iter()
            .scan(MARGIN, |x, column| {
                let (at, width) = (*x, unit * f32::from(column.width));
                *x += width;
                Some((at, width - 4.0))
            })
            .collect();
        pen.colour(SHADE);
        pen.bar(MARGIN - 2.0, MARGIN, WIDTH - 2.0 * MARGIN + 4.0, ROW);
        pen.colour(INK);
        for (column, (x, room)) in self.columns.iter().zip(&places) {
            pen.text(*x, MARGIN + 9.0, SMALL, *room, &column.name.replace('_', " "));
        }
        for (n, row) in rows.iter().enumerate() {
            let y = MARGIN + ROW * small(n + 1) + 9.0;
            for (value, (x, room)) in row.iter().zip(&places) {
                pen.text(*x, y, SMALL, *room, value);
            }
        }
    }
}

fn foot(pen: &mut Pen<'_, '_>, heading: &Heading, number: usize, pages: usize) {
    pen.colour(GREY);
    pen.text(MARGIN, HEIGHT - 20.0, 7.0, 400.0, &format!("{} – {}", heading.company, heading.title));
    pen.text(WIDTH - MARGIN - 60.0, HEIGHT - 20.0, 7.0, 60.0, &format!("{number} / {pages}"));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{domain::exports::columns::columns_of, store::exports::export::ExportType};

    /// Names of all scripts, and what the font has no sign for, make a report and no panic.
    #[test]
    fn names_of_all_scripts_make_a_report() {
        let columns: Vec<_> = columns_of(ExportType::Leads).iter().filter(|column| column.in_report).collect();
        let mut report = Report::new(columns.clone(), Tz::UTC);
        let names = [
            "Ada",
            "Ελένη",
            "Дмитрий",
            "עברית",
            "محمد",
            "田中太郎",
            "ไทย",
            "😀👩‍👩‍👧",
            "\u{0}\u{202e}x\u{301}",
            "",
            "हिन्दी",
            "\u{10ffff}",
        ];
        for name in names.iter().cycle().take(500) {
            report.rows(&[columns.iter().map(|_| Cell::text(name.repeat(5))).collect()]);
        }
        let heading = Heading {
            company: "Müller & Söhne 株式会社".into(),
            title: "Leads",
            from: None,
            until: None,
            made: chrono::DateTime::UNIX_EPOCH,
        };
        let mut file = tempfile::tempfile().unwrap();
        report.finish(&mut file, &heading, 500, &Days::default()).unwrap();
        assert!(file.metadata().unwrap().len() > 10_000);
    }
}
