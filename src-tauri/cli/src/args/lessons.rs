//! What can be typed about lessons.

use super::one_of;
use clap::Subcommand;
use epistle_engine::api::LessonReach;

const REACHES: &[LessonReach] = &[LessonReach::Person, LessonReach::Domain, LessonReach::Everywhere];

#[derive(Debug, clap::Args)]
pub(crate) struct Lessons {
    #[command(subcommand)]
    pub(crate) action: Option<LessonsAction>,
    /// One JSON object a line.
    #[arg(long, global = true)]
    pub(crate) json: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum LessonsAction {
    /// List them, the last seen first.
    List,
    /// Show one, with the changes of the last week that led to it.
    Show {
        /// Which.
        id: String,
    },
    /// Put one in your own words, or say how far it reaches.
    Edit {
        /// Which.
        id: String,
        /// The line, the name, or what to write.
        #[arg(long, required_unless_present = "reach")]
        text: Option<String>,
        /// For whose letters.
        #[arg(long, value_parser = one_of(REACHES))]
        reach: Option<LessonReach>,
    },
    /// Forget one, or `all`.
    Forget {
        /// Which.
        id: String,
    },
    /// Do not use one any more, without forgetting it.
    Off {
        /// Which.
        id: String,
    },
    /// Use one again.
    On {
        /// Which.
        id: String,
    },
}
