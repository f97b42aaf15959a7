//! The commands the page can call: one per operation of the engine, under its name, and the few that only a desktop has.
//! A command parses, asks, and maps; [`bindings`] is the list, and the page's TypeScript is generated from it.

mod accounts;
mod compose;
mod desktop;
mod drafts;
mod house;
mod mailbox;
mod memory;
mod outbox;
mod smtp;
mod sync;

use crate::events::{
    Changed, ClosingToTray, Locked, MailChanged, MemoryChanged, OpenDraft, OutboxChanged, QuickShown, SyncChanged,
};
use tauri_specta::{Builder, Commands, collect_commands, collect_events};

/// Every command, under its operation's name.
#[allow(clippy::too_many_lines)] // it is a list
fn commands() -> Commands<tauri::Wry> {
    collect_commands![
        house::state,
        house::unlock,
        house::status,
        house::doctor,
        house::settings,
        house::set_settings,
        house::set_key,
        house::forget_key,
        house::keys,
        house::models,
        accounts::sign_in_state,
        accounts::accounts,
        accounts::add_local_account,
        accounts::edit_account,
        accounts::order_accounts,
        accounts::set_default_account,
        accounts::way_out,
        accounts::use_account,
        accounts::sign_in,
        accounts::open_sign_in_page,
        accounts::sign_out,
        accounts::remove_account,
        accounts::refresh_profile,
        accounts::set_client,
        accounts::forget_client,
        accounts::read_client_file,
        smtp::smtp_state,
        smtp::set_smtp,
        smtp::set_smtp_password,
        smtp::forget_smtp_password,
        smtp::try_smtp,
        accounts::lock,
        accounts::still_here,
        accounts::recover,
        accounts::make_recovery_code,
        mailbox::import,
        mailbox::me_candidates,
        mailbox::threads,
        mailbox::labels,
        mailbox::change_labels,
        mailbox::relabel,
        mailbox::thread,
        mailbox::message,
        mailbox::message_html,
        mailbox::allow_images,
        mailbox::forget_images,
        mailbox::image_senders,
        mailbox::people,
        mailbox::search,
        mailbox::voice,
        memory::memory_state,
        memory::embedding_models,
        memory::model_offer,
        memory::download_model,
        memory::use_model,
        sync::sync_state,
        sync::sync_now,
        sync::pause_sync,
        sync::search_server,
        sync::save_attachment,
        compose::templates,
        compose::save_template,
        compose::delete_template,
        compose::preview,
        compose::compose,
        drafts::drafts,
        drafts::draft,
        drafts::save_draft,
        drafts::keep_revision,
        drafts::delete_draft,
        drafts::attach,
        drafts::attach_paths,
        drafts::detach,
        drafts::reply_to,
        drafts::senders,
        drafts::refresh_senders,
        drafts::forward,
        drafts::diff,
        drafts::export_eml,
        drafts::open_in_mail_program,
        outbox::outgoing,
        outbox::queue,
        outbox::outbox,
        outbox::undo,
        outbox::retry,
        outbox::settle_by_hand,
        desktop::choose_files,
        desktop::stop,
        desktop::copy_text,
        desktop::open_link,
        desktop::open_full,
        desktop::hide_quick,
        desktop::hide_main,
    ]
}

/// Every command and event, for Tauri and for the generated bindings.
pub fn bindings() -> Builder<tauri::Wry> {
    Builder::new().dangerously_cast_bigints_to_number().disable_serde_phases().commands(commands()).events(
        collect_events![
            QuickShown,
            OpenDraft,
            Changed,
            ClosingToTray,
            Locked,
            OutboxChanged,
            MailChanged,
            SyncChanged,
            MemoryChanged
        ],
    )
}

#[cfg(test)]
mod tests {
    use specta_typescript::Typescript;
    use std::path::Path;

    const COMMITTED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/ui/src/lib/bindings.gen.ts");
    const HEADER: &str =
        "// Generated from src-tauri/src/commands: EPISTLE_WRITE_BINDINGS=1 cargo test -p epistle bindings\n";

    #[test]
    fn the_committed_bindings_are_those_of_these_commands() {
        let folder = tempfile::tempdir().unwrap();
        let fresh = folder.path().join("bindings.ts");
        super::bindings().export(Typescript::default().header(HEADER), &fresh).unwrap();
        let fresh = std::fs::read_to_string(fresh).unwrap();
        if std::env::var_os("EPISTLE_WRITE_BINDINGS").is_some() {
            std::fs::create_dir_all(Path::new(COMMITTED).parent().unwrap()).unwrap();
            std::fs::write(COMMITTED, &fresh).unwrap();
        }
        let committed = std::fs::read_to_string(COMMITTED).unwrap_or_default();
        assert!(committed == fresh, "run: EPISTLE_WRITE_BINDINGS=1 cargo test -p epistle bindings");
    }
}
