//! What can be typed about backups and about how long mail is kept.

use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub(crate) struct Backup {
    /// The file to make.
    pub(crate) file: PathBuf,
    /// Give it a passphrase of its own: EPISTLE_BACKUP_PASSPHRASE, or asked for.
    #[arg(long)]
    pub(crate) passphrase: bool,
    /// Replace a file that is there.
    #[arg(long)]
    pub(crate) replace: bool,
    /// End with one line of JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Restore {
    /// The backup.
    pub(crate) file: PathBuf,
    /// The data folder it is to become; left out, the one that Epistle uses.
    #[arg(long, value_name = "FOLDER")]
    pub(crate) to: Option<PathBuf>,
    /// Put a data folder that is there aside.
    #[arg(long)]
    pub(crate) replace: bool,
    /// Tell what the backup says of itself, and restore nothing.
    #[arg(long)]
    pub(crate) show: bool,
    /// End with one line of JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Retention {
    /// Keep mail for so many days, 30 or more, and take away what is older.
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(30..), conflicts_with = "forever")]
    pub(crate) keep_days: Option<u32>,
    /// Keep all mail.
    #[arg(long)]
    pub(crate) forever: bool,
    /// Tell how many messages would go, and change nothing.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Do not ask.
    #[arg(long)]
    pub(crate) yes: bool,
    /// End with one line of JSON.
    #[arg(long)]
    pub(crate) json: bool,
}
