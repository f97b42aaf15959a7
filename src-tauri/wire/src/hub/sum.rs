//! The sums that a hub lists: of large files their SHA-256, of small ones the id that git gives them (SHA-1 over a header and the bytes).

use ring::digest::{Context, SHA1_FOR_LEGACY_USE_ONLY, SHA256};
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// A file's sum, in hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sum {
    /// SHA-256 of the bytes.
    Sha256(String),
    /// Git's id of a blob. It proves that nothing was damaged on the way; what the hub itself says it is rests on TLS.
    GitBlob(String),
}

impl Sum {
    /// Whether the file has this sum. Reads it whole.
    ///
    /// # Errors
    /// The system's.
    pub fn is_of(&self, path: &Path) -> std::io::Result<bool> {
        let mut file = File::open(path)?;
        let (mut context, expected) = match self {
            Self::Sha256(sum) => (Context::new(&SHA256), sum),
            Self::GitBlob(sum) => {
                let mut context = Context::new(&SHA1_FOR_LEGACY_USE_ONLY);
                context.update(format!("blob {}\0", file.metadata()?.len()).as_bytes());
                (context, sum)
            }
        };
        let mut piece = vec![0; 1 << 16];
        loop {
            match file.read(&mut piece)? {
                0 => break,
                read => context.update(&piece[..read]),
            }
        }
        let found: String = context.finish().as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(found.eq_ignore_ascii_case(expected))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_has_the_sums_that_git_and_sha256_give_it() {
        let file = std::env::temp_dir().join(format!("epistle-sum-{}", std::process::id()));
        std::fs::write(&file, "hello").unwrap();
        let git = Sum::GitBlob("b6fc4c620b67d95f953a5c1c1230aaab5db5a1b0".into());
        let sha = Sum::Sha256("2CF24DBA5FB0A30E26E83B2AC5B9E29E1B161E5C1FA7425E73043362938B9824".into());
        assert!(git.is_of(&file).unwrap() && sha.is_of(&file).unwrap());
        std::fs::write(&file, "hellp").unwrap();
        assert!(!git.is_of(&file).unwrap() && !sha.is_of(&file).unwrap());
        std::fs::remove_file(&file).unwrap();
    }
}
