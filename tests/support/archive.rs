//! A mail archive of 2,500 messages to test with: the real one of 2002 where the folder `shared/mail` stands beside the clone, else one of
//! the same size and unruliness from a seeded generator. It is written below `target/` and never into the tree.

use flate2::{Compression, write::GzEncoder};
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// How many messages the archive holds.
pub const MESSAGES: u64 = 2500;
/// The generator's seed: the same archive every time.
const SEED: u64 = 0x0EB1_571E;
/// How many people write in the generated archive; the first few write most.
const WRITERS: usize = 300;

/// The archive's file (a gzipped mbox).
#[must_use]
pub fn path() -> PathBuf {
    let real = real_path();
    if real.is_file() { real } else { generated_path() }
}

/// Where the real archive lies, if this clone has it.
#[must_use]
pub fn real_path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/mail/lists-2002.mbox.gz")
}

/// The generated archive, written if it is not there yet.
///
/// # Panics
/// When it cannot be written.
#[must_use]
pub fn generated_path() -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/test-archive");
    let path = folder.join(format!("generated-{SEED:x}.mbox.gz"));
    if !path.is_file() {
        std::fs::create_dir_all(&folder).unwrap();
        let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
        packed.write_all(&generate(SEED, MESSAGES as usize)).unwrap();
        // Under a name of its own first, so that another test never reads half of it.
        let part = folder.join(format!("part-{}-{:?}", std::process::id(), std::thread::current().id()));
        std::fs::write(&part, packed.finish().unwrap()).unwrap();
        std::fs::rename(&part, &path).unwrap();
    }
    path
}

/// An address that wrote and received many messages of the archive.
#[must_use]
pub fn busy_writer() -> &'static str {
    if real_path().is_file() { "garym@canada.com" } else { "writer7@list0.example" }
}

/// An address whose few messages mostly begin with a greeting and end with a sign-off: on a mailing list a rare one.
#[must_use]
pub fn writer_who_greets() -> &'static str {
    if real_path().is_file() { "thomas@urgent.rug.ac.be" } else { "writer0@list0.example" }
}

/// An mbox of so many messages: threads, many writers with habits of their own, and everything that is wrong with mail.
#[must_use]
pub fn generate(seed: u64, messages: usize) -> Vec<u8> {
    let mut world = World { dice: Dice(seed | 1), sent: Vec::new() };
    let mut mbox = Vec::new();
    for number in 0..messages {
        world.letter(number, &mut mbox);
    }
    mbox
}

/// Seeded chance (splitmix64).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) % sides.max(1) as u64) as usize
    }

    fn pick<'t, T: ?Sized>(&mut self, from: &[&'t T]) -> &'t T {
        from[self.roll(from.len())]
    }
}

/// A letter already written, to be answered.
struct Sent {
    id: String,
    subject: String,
    refs: Vec<String>,
    author: usize,
    first_line: String,
}

struct World {
    dice: Dice,
    sent: Vec<Sent>,
}

const NAMES: &[&str] = &[
    "Ana", "Björn", "Chidi", "Dora", "Émile", "Fatima", "Günther", "Hana", "Igor", "Jun", "Kofi", "Lena", "Mei",
    "Nils", "Olga", "Pilar",
];
const GREETINGS: &[&str] = &["Hi", "Hello", "Dear", "Hey"];
const SIGN_OFFS: &[&str] = &["Best,", "Cheers,", "Kind regards,", "Thanks,"];
const TOPICS: &[&str] = &[
    "kernel build",
    "mail filter",
    "spring meeting",
    "web proxy",
    "printer queue",
    "backup tapes",
    "index rebuild",
    "font rendering",
    "garden fence",
    "train tickets",
];
const SENTENCES: &[&str] = &[
    "I tried the new version this morning and it works for me.",
    "Does anybody know why the second step fails on the older machines?",
    "The log says nothing useful, as usual.",
    "Could you send me the numbers before Friday?",
    "We should wait for the next release before changing anything.",
    "My guess is that the cache was never cleared.",
    "From here it looks as if the server drops the connection.",
    "I attached what I changed; it is three lines.",
    "That was exactly it, thank you.",
    "Let us meet on Tuesday at ten and look at it together.",
];
const GERMAN: &[&str] = &[
    "Ich habe es heute früh ausprobiert, und bei mir läuft es.",
    "Könntest du mir die Zahlen bis Freitag schicken?",
    "Wir sollten auf die nächste Ausgabe warten, bevor wir etwas ändern.",
];

impl World {
    fn letter(&mut self, number: usize, mbox: &mut Vec<u8>) {
        let author = self.author();
        let answered = (!self.sent.is_empty() && self.dice.roll(10) < 6)
            .then(|| self.sent.len() - 1 - self.dice.roll(self.sent.len().min(60)));
        let id = format!("{number}.{:x}@list{}.example", self.dice.roll(1 << 30), author % 7);
        let topic = format!("{} {}", self.dice.pick(TOPICS), self.dice.roll(90));
        let subject = answered.map_or(topic, |at| self.sent[at].subject.clone());
        let refs: Vec<String> = answered
            .map_or_else(Vec::new, |at| self.sent[at].refs.iter().chain([&self.sent[at].id]).cloned().collect());
        let to = answered.map_or_else(|| author + 1, |at| self.sent[at].author) % WRITERS;
        let (text, first_line) = self.text(author, to, answered);
        let letter =
            Letter { number, author, to, id: &id, subject: &subject, answers: answered.is_some(), refs: &refs };
        let mut raw = self.headers(&letter).into_bytes();
        self.body(number, &text, &mut raw);
        let time = separator_time(number);
        mbox.extend_from_slice(format!("From {} {time}\n", address(author)).as_bytes());
        for line in raw.split_inclusive(|byte| *byte == b'\n') {
            let marks = line.iter().take_while(|byte| **byte == b'>').count();
            if line[marks..].starts_with(b"From ") {
                mbox.push(b'>');
            }
            mbox.extend_from_slice(line);
        }
        mbox.extend_from_slice(b"\n\n");
        self.sent.push(Sent { id, subject, refs: refs.into_iter().rev().take(8).rev().collect(), author, first_line });
    }

    /// Few write most: the first ten have forty letters and more.
    fn author(&mut self) -> usize {
        if self.dice.roll(10) < 4 { self.dice.roll(10) } else { self.dice.roll(WRITERS) }
    }

    fn text(&mut self, author: usize, to: usize, answered: Option<usize>) -> (String, String) {
        let mut text = String::new();
        if let Some(at) = answered
            && self.dice.roll(3) > 0
        {
            let _ = write!(
                text,
                "On Thu, 22 Aug 2002, {} wrote:\n\n> {}\n> {}\n\n",
                name(to),
                self.sent[at].first_line,
                self.dice.pick(SENTENCES)
            );
        }
        let german = author % 11 == 3;
        let first_line = self.dice.pick(if german { GERMAN } else { SENTENCES }).to_owned();
        let _ = write!(text, "{} {},\n\n{first_line}\n", GREETINGS[author % GREETINGS.len()], name(to));
        for _ in 0..self.dice.roll(6) {
            let _ = writeln!(text, "{}", self.dice.pick(if german { GERMAN } else { SENTENCES }));
        }
        let _ = write!(text, "\n{}\n{}\n", SIGN_OFFS[author % SIGN_OFFS.len()], name(author));
        if author.is_multiple_of(5) {
            let _ = write!(text, "\n-- \n{} at list{}\nhttp://list{}.example/\n", name(author), author % 7, author % 7);
        }
        if self.dice.roll(4) == 0 {
            text.push_str(
                "\n_______________________________________________\nList mailing list\nhttp://list0.example/listinfo\n",
            );
        }
        (text, first_line)
    }

    fn headers(&mut self, letter: &Letter<'_>) -> String {
        let mut head = String::new();
        let (author, number) = (letter.author, letter.number);
        let _ = writeln!(head, "Received: from a by b; {}", header_time(number));
        let from = match number % 97 {
            5 => address(author),
            6 => format!("{} ({})", address(author), ascii(name(author))),
            7 => "undisclosed".to_owned(),
            8 => String::new(),
            _ => format!("{} <{}>", encoded(name(author)), address(author)),
        };
        let _ = writeln!(head, "From: {from}");
        let _ = writeln!(head, "To: {} <{}>,\n\tlist@list0.example", encoded(name(letter.to)), address(letter.to));
        let _ = writeln!(
            head,
            "Subject: {}{}",
            if letter.answers { self.dice.pick(&["Re: ", "RE: ", "Re: [list] ", "AW: "]) } else { "" },
            letter.subject
        );
        let date = match number % 89 {
            3 => "yesterday".to_owned(),
            4 => "Fri, 31 Dec 9999 23:59:59 +0000".to_owned(),
            5 => header_time(number).replace("2002", "102"),
            _ => header_time(number),
        };
        if number % 89 != 6 {
            let _ = writeln!(head, "Date: {date}");
        }
        if number % 83 != 2 {
            let _ = writeln!(head, "Message-ID: <{}>", letter.id);
        }
        if let Some(last) = letter.refs.last() {
            match self.dice.roll(10) {
                0 => {}
                1 => drop(writeln!(head, "In-Reply-To: Your message of \"{}\"\n\t<{last}>", header_time(number))),
                _ => drop(writeln!(head, "In-Reply-To: <{last}>\nReferences: <{}>", letter.refs.join(">\n\t<"))),
            }
        }
        head
    }

    fn body(&mut self, number: usize, text: &str, raw: &mut Vec<u8>) {
        let latin1 = |text: &str| text.chars().map(|c| u8::try_from(c as u32).unwrap_or(b'?')).collect::<Vec<u8>>();
        let html = || {
            format!(
                "<html><body><p>{}</p><div style=\"display:none\">hidden words</div><img src=\"http://list0.example/p.gif\"></body></html>",
                text.replace('\n', "<br>\n")
            )
        };
        match number % 20 {
            0 => raw.extend(latin1(&format!("\n{text}"))),
            1 => raw.extend(latin1(&format!("Content-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: 8bit\n\n{text}"))),
            2 => raw.extend(format!("MIME-Version: 1.0\nContent-Type: text/html; charset=utf-8\n\n{}\n", html()).bytes()),
            3 => raw.extend(format!("MIME-Version: 1.0\nContent-Type: multipart/alternative; boundary=\"b{number}\"\n\n--b{number}\nContent-Type: text/plain; charset=utf-8\n\n{text}\n--b{number}\nContent-Type: text/html; charset=utf-8\n\n{}\n--b{number}--\n", html()).bytes()),
            4 if number % 40 == 4 => raw.extend(format!("Content-Type: multipart/mixed; boundary=cut{number}\n\n--cut{number}\nContent-Type: text/plain; charset=utf-8\n\n{text}").bytes()),
            5 if number % 60 == 5 => raw.extend(b"Content-Type: text/plain; charset=x-unknown\nContent-Transfer-Encoding: base64\n\n!!! this is no base64 !!!\n"),
            6 => raw.extend(format!("\n{text}").replace('\n', "\r\n").bytes()),
            7 => raw.extend(format!("Content-Type: text/plain; charset=us-ascii\n\n{text}").bytes()),
            _ => raw.extend(format!("Content-Type: text/plain; charset=utf-8\n\n{text}").bytes()),
        }
    }
}

struct Letter<'l> {
    number: usize,
    author: usize,
    to: usize,
    id: &'l str,
    subject: &'l str,
    answers: bool,
    refs: &'l [String],
}

fn name(writer: usize) -> &'static str {
    NAMES[writer % NAMES.len()]
}

fn address(writer: usize) -> String {
    format!("writer{writer}@list{}.example", writer % 7)
}

fn ascii(name: &str) -> String {
    name.chars().filter(char::is_ascii).collect()
}

/// Sometimes as RFC 2047 asks, which for these names means quoted-printable.
fn encoded(name: &str) -> String {
    if name.is_ascii() {
        return name.to_owned();
    }
    let word = name
        .bytes()
        .map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("={byte:02X}") })
        .collect::<String>();
    format!("=?UTF-8?Q?{word}?=")
}

/// A message every twenty minutes from 1 August 2002 on.
fn moment(number: usize) -> (usize, usize, usize, usize) {
    let minutes = number * 20;
    (minutes / 1440, minutes / 60 % 24, minutes % 60, number % 60)
}

fn day(days: usize) -> (usize, &'static str, &'static str) {
    let weekday = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"][days % 7];
    if days < 31 { (days + 1, "Aug", weekday) } else { (days - 30, "Sep", weekday) }
}

fn separator_time(number: usize) -> String {
    let (days, hour, minute, second) = moment(number);
    let (day, month, weekday) = day(days);
    format!("{weekday} {month} {day:2} {hour:02}:{minute:02}:{second:02} 2002")
}

fn header_time(number: usize) -> String {
    let (days, hour, minute, second) = moment(number);
    let (day, month, weekday) = day(days);
    format!("{weekday}, {day} {month} 2002 {hour:02}:{minute:02}:{second:02} +0000")
}
