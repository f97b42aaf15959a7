//! Files dragged onto a window and dropped, as a file manager does it: the other side of the XDND protocol (version 5), on a connection
//! of its own. It moves no pointer and knows nothing of the app.

use std::error::Error;
use std::path::Path;
use std::time::{Duration, Instant};
use x11rb::connection::Connection;
use x11rb::protocol::Event;
use x11rb::protocol::xproto::{
    AtomEnum, ClientMessageEvent, ConnectionExt, CreateWindowAux, EventMask, PropMode, SELECTION_NOTIFY_EVENT,
    SelectionNotifyEvent, SelectionRequestEvent, WindowClass,
};
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;

const NOW: u32 = x11rb::CURRENT_TIME;

/// A file being dragged.
struct Drag {
    x: RustConnection,
    target: u32,
    uris: String,
}

/// Drags these files onto the middle of a window and lets go of them there.
///
/// # Errors
/// When the screen does not answer, or nobody takes the files.
pub fn drop_files(display: &str, target: u32, paths: &[&Path]) -> Result<(), Box<dyn Error>> {
    let (x, screen) = x11rb::connect(Some(display))?;
    let root = x.setup().roots[screen].root;
    let source = x.generate_id()?;
    x.create_window(0, source, root, 0, 0, 1, 1, 0, WindowClass::INPUT_ONLY, 0, &CreateWindowAux::new())?;
    let size = x.get_geometry(target)?.reply()?;
    let middle = x
        .translate_coordinates(target, root, (size.width / 2).cast_signed(), (size.height / 2).cast_signed())?
        .reply()?;
    let uris = paths.iter().map(|path| format!("file://{}\r\n", path.display())).collect();
    let drag = Drag { x, target, uris };
    drag.x.set_selection_owner(source, drag.atom("XdndSelection")?, NOW)?;
    drag.say("XdndEnter", [source, 5 << 24, drag.atom("text/uri-list")?, 0, 0])?;
    let at = u32::from(middle.dst_x.cast_unsigned()) << 16 | u32::from(middle.dst_y.cast_unsigned());
    let copy = drag.atom("XdndActionCopy")?;
    for _ in 0..5 {
        drag.say("XdndPosition", [source, 0, at, NOW, copy])?;
        drag.serve("XdndStatus", Duration::from_millis(300))?; // what is asked for meanwhile is given
    }
    drag.say("XdndDrop", [source, 0, NOW, 0, 0])?;
    if drag.serve("XdndFinished", Duration::from_secs(5))? { Ok(()) } else { Err("nobody took the files".into()) }
}

impl Drag {
    fn atom(&self, name: &str) -> Result<u32, Box<dyn Error>> {
        Ok(self.x.intern_atom(false, name.as_bytes())?.reply()?.atom)
    }

    fn say(&self, what: &str, data: [u32; 5]) -> Result<(), Box<dyn Error>> {
        let message = ClientMessageEvent::new(32, self.target, self.atom(what)?, data);
        self.x.send_event(false, self.target, EventMask::NO_EVENT, message)?.check()?;
        Ok(())
    }

    /// Hands the files' addresses to whoever asks, until the target says this or the time is over. Whether it said it.
    fn serve(&self, wanted: &str, patience: Duration) -> Result<bool, Box<dyn Error>> {
        let (wanted, start) = (self.atom(wanted)?, Instant::now());
        while start.elapsed() < patience {
            match self.x.poll_for_event()? {
                Some(Event::ClientMessage(message)) if message.type_ == wanted => return Ok(true),
                Some(Event::SelectionRequest(request)) => self.give(&request)?,
                Some(_) => {}
                None => std::thread::sleep(Duration::from_millis(5)),
            }
        }
        Ok(false)
    }

    fn give(&self, request: &SelectionRequestEvent) -> Result<(), Box<dyn Error>> {
        let list = self.atom("text/uri-list")?;
        if request.target == list {
            self.x.change_property8(
                PropMode::REPLACE,
                request.requestor,
                request.property,
                list,
                self.uris.as_bytes(),
            )?;
        } else {
            self.x.change_property32(
                PropMode::REPLACE,
                request.requestor,
                request.property,
                AtomEnum::ATOM,
                &[list],
            )?;
        }
        let told = SelectionNotifyEvent {
            response_type: SELECTION_NOTIFY_EVENT,
            sequence: 0,
            time: request.time,
            requestor: request.requestor,
            selection: request.selection,
            target: request.target,
            property: request.property,
        };
        self.x.send_event(false, request.requestor, EventMask::NO_EVENT, told)?.check()?;
        Ok(())
    }
}
