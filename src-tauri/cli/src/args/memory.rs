//! What can be typed after `epistle memory`. Only shapes and help.

use clap::Subcommand;

#[derive(Debug, clap::Args)]
pub(crate) struct Memory {
    #[command(subcommand)]
    pub(crate) action: Option<MemoryAction>,
    /// One JSON object a line.
    #[arg(long, global = true)]
    pub(crate) json: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum MemoryAction {
    /// How far the model is with reading the mail.
    Status,
    /// The models there are, and what each takes.
    Models,
    /// Use another model: its size is shown, and it is downloaded if it is not here.
    Use {
        /// Its id, as `epistle memory models` lists it.
        model: String,
        /// Download without asking.
        #[arg(long)]
        yes: bool,
    },
    /// Have the mail read now; Ctrl-C pauses it, and the same command goes on from there.
    Embed,
    /// Pack mail closer that is older than `memory.hot_days`; the window does it once a day.
    Pack,
}
