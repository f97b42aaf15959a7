//! What a table is: a name and the type of its rows. It opens nothing.

use redb::TableDefinition;
use std::marker::PhantomData;

/// As redb sees every table: bytes to bytes.
pub(super) type Definition = TableDefinition<'static, &'static [u8], &'static [u8]>;

/// A table's name and its row type.
#[derive(Debug)]
pub struct Table<T> {
    pub(super) name: &'static str,
    row: PhantomData<fn() -> T>,
}

impl<T> Clone for Table<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Table<T> {}

impl<T> Table<T> {
    pub(super) const fn new(name: &'static str) -> Self {
        Self { name, row: PhantomData }
    }

    pub(super) fn definition(self) -> Definition {
        TableDefinition::new(self.name)
    }
}

/// A table whose rows expire: a type of its own, so that nobody reads one without saying what time it is.
#[derive(Debug)]
pub struct Expiring<T>(pub(super) Table<T>);

impl<T> Clone for Expiring<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Expiring<T> {}

impl<T> Expiring<T> {
    /// The same rows, for taking one away.
    pub(crate) const fn table(self) -> Table<T> {
        self.0
    }

    pub(super) const fn new(name: &'static str) -> Self {
        Self(Table::new(name))
    }
}
