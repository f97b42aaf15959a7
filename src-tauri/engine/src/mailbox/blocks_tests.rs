//! Blocks give back what was put into them, whatever went meanwhile, on the real store; and what is damaged is said.

use super::*;
use crate::Engine;
use crate::store::Keep;
use proptest::prelude::*;
use std::collections::BTreeMap;

fn write<R>(engine: &Engine, work: impl FnOnce(&mut Write<'_>) -> Result<R>) -> R {
    engine.store().write(engine.account(), Keep::Again, work).unwrap()
}

fn bytes_of(engine: &Engine, id: MessageId) -> Option<Vec<u8>> {
    raw(&engine.store().read(engine.account()).unwrap(), id).unwrap().map(|raw| raw.0)
}

fn with(messages: &BTreeMap<MessageId, Vec<u8>>) -> Engine {
    let engine = Engine::in_memory().unwrap();
    write(&engine, |tx| {
        messages.iter().try_for_each(|(id, bytes)| tx.put(RAW, id.as_bytes(), &RawMessage(bytes.clone())))
    });
    engine
}

fn packed<'m>(messages: impl Iterator<Item = (&'m MessageId, &'m Vec<u8>)>) -> Block {
    Block::pack(&messages.map(|(id, bytes)| (*id, bytes.clone())).collect::<Vec<_>>()).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    /// Packed in some groups, and taken out in some steps: what is left is what is left of the messages, byte for byte, and no row more.
    #[test]
    fn what_is_left_is_there_and_what_went_is_nowhere(
        texts in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..400), 1..40),
        group in 1usize..20,
        steps in prop::collection::vec(prop::collection::vec(0usize..40, 1..6), 0..8),
    ) {
        let id = |n: usize| MessageId([u8::try_from(n).unwrap(); 16]);
        let mut model: BTreeMap<MessageId, Vec<u8>> = texts.into_iter().enumerate().map(|(n, text)| (id(n), text)).collect();
        let engine = with(&model);
        let all: Vec<_> = model.iter().collect();
        for some in all.chunks(group).step_by(2) {
            prop_assert!(write(&engine, |tx| put(tx, &packed(some.iter().copied()))));
        }
        for gone in steps {
            let gone: Vec<MessageId> = gone.into_iter().map(id).collect();
            write(&engine, |tx| take_out(tx, &gone));
            model.retain(|id, _| !gone.contains(id));
            for n in 0..40 {
                prop_assert_eq!(bytes_of(&engine, id(n)), model.get(&id(n)).cloned());
            }
        }
        let every: Vec<MessageId> = model.keys().copied().collect();
        write(&engine, |tx| take_out(tx, &every));
        let read = engine.store().read(engine.account()).unwrap();
        prop_assert_eq!([read.count(RAW).unwrap(), read.count(BLOCKS).unwrap(), read.count(IN_BLOCK).unwrap()], [0, 0, 0]);
    }
}

#[test]
fn a_block_of_which_one_went_before_it_was_written_is_not_written() {
    let messages = BTreeMap::from([(MessageId([1; 16]), vec![1; 300]), (MessageId([2; 16]), vec![2; 300])]);
    let engine = with(&messages);
    let block = packed(messages.iter());
    write(&engine, |tx| take_out(tx, &[MessageId([1; 16])]));
    assert!(!write(&engine, |tx| put(tx, &block)));
    assert_eq!(bytes_of(&engine, MessageId([1; 16])), None);
    assert_eq!(bytes_of(&engine, MessageId([2; 16])), Some(vec![2; 300]));
    assert_eq!(engine.store().read(engine.account()).unwrap().count(BLOCKS).unwrap(), 0);
}

#[test]
fn a_block_that_says_too_much_or_is_missing_is_a_broken_store_and_nothing_else() {
    let id = MessageId([1; 16]);
    let engine = with(&BTreeMap::from([(id, b"From: a@b.example\r\n\r\nhello".to_vec())]));
    let mut block = Block::pack(&[(id, b"hello".to_vec())]).unwrap();
    let read = |engine: &Engine| raw(&engine.store().read(engine.account()).unwrap(), id);
    let place = BlockId([7; 16]);
    for length in [4, 6, u32::MAX] {
        block.members[0].1 = length;
        write(&engine, |tx| {
            tx.delete(RAW, id.as_bytes())?;
            tx.put(BLOCKS, place.as_bytes(), &block)?;
            tx.put(IN_BLOCK, id.as_bytes(), &place)
        });
        assert!(matches!(read(&engine), Err(Error::StoreBroken { .. })), "{length}");
    }
    write(&engine, |tx| tx.delete(BLOCKS, place.as_bytes()));
    assert!(matches!(read(&engine), Err(Error::StoreBroken { .. })));
}
