//! The token that lets a viewer in: who can read its file is this user.

use std::{
    fs, hint,
    io::{self, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

/// A random token, and the file in which viewers find it; the file goes away with it.
pub struct Token {
    digits: String,
    path: Option<PathBuf>,
}

impl Token {
    /// A token that stands in no file.
    #[must_use]
    pub fn unwritten() -> Self {
        Self {
            digits: hex::encode(rand::random::<[u8; TOKEN_BYTES]>()),
            path: None,
        }
    }

    /// A new token in a file that only this user may read.
    pub(super) fn write(path: PathBuf) -> io::Result<Self> {
        let mut token = Self::unwritten();
        // A file left behind by a former process with our id.
        let _ = fs::remove_file(&path);
        let mut file = fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&path)?;
        file.write_all(token.digits.as_bytes())?;
        token.path = Some(path);
        Ok(token)
    }

    /// Whether somebody knows it; takes as long for a near miss as for a wild guess.
    #[must_use]
    pub fn is(&self, guess: &str) -> bool {
        let (known, guess) = (self.digits.as_bytes(), guess.as_bytes());
        let pairs = known.iter().zip(guess);
        let difference = pairs.fold(0, |sum, (a, b)| hint::black_box(sum | (a ^ b)));
        known.len() == guess.len() && difference == 0
    }

    /// The token, to hand it to a viewer of this process.
    #[must_use]
    pub fn digits(&self) -> &str {
        &self.digits
    }

    /// Where the token of a socket stands.
    #[must_use]
    pub fn path_beside(socket: &Path) -> PathBuf {
        socket.with_extension("token")
    }
}

impl Drop for Token {
    fn drop(&mut self) {
        if let Some(path) = self.path.take() {
            let _ = fs::remove_file(path);
        }
    }
}

const TOKEN_BYTES: usize = 32;

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn only_the_token_itself_is_accepted() {
        let token = Token::unwritten();
        let digits = token.digits().to_owned();
        assert_eq!(digits.len(), 64);
        assert!(token.is(&digits));
        for guess in ["", &digits[1..], &format!("{digits}0"), &"0".repeat(64)] {
            assert!(!token.is(guess), "{guess}");
        }
    }

    #[test]
    fn the_file_is_the_users_alone_and_goes_away() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("1.token");
        fs::write(&path, "left behind").unwrap();
        let token = Token::write(path.clone()).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), token.digits());
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );
        drop(token);
        assert!(!path.exists());
    }
}
