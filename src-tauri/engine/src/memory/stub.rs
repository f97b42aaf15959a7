//! STUB, to be deleted.
use crate::Engine;
use crate::error::Result;
use crate::ids::MessageId;
pub struct Near { pub message: MessageId, pub passage: u16, pub score: f32 }
impl Engine {
    pub(crate) fn near_in_meaning(&self, _: &str, _: usize, _: &dyn Fn(MessageId) -> bool) -> Result<Vec<Near>> { Ok(vec![]) }
}
