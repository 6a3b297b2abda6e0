//! Finds what is in the file of a recording, and reads it piece by piece.
//!
//! [`RecordingFile::open`] looks at every frame once, checks it and remembers where it is; so
//! a file of any length can be gone through forwards and back.

use std::{
    collections::{BTreeMap, HashMap},
    fs::File,
    io::{BufReader, Read},
    os::unix::fs::FileExt as _,
    path::{Path, PathBuf},
};

use super::frame::{
    Birth, Closed, Done, FRAME_BYTES_MAX, Frame, HEAD_BYTES, Header, MAGIC, RecordingError,
    VERSION, from_bytes, length_of,
};

/// A recording that was made.
pub struct RecordingFile {
    path: PathBuf,
    file: File,
    header: Header,
    actors: BTreeMap<u32, Birth>,
    steps: Vec<Step>,
    closed: Option<Closed>,
    gap: Option<u64>,
    tail: Option<RecordingError>,
}

/// One thing that happened to an actor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// Its place in the order of everything.
    pub number: u64,
    /// To which actor.
    pub actor: u32,
    /// Whether it is a message.
    pub is_message: bool,
    place: Place,
    /// Where it says what came of it.
    done: Option<Place>,
}

/// Where a frame is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Place {
    frame: u64,
    offset: u64,
}

impl RecordingFile {
    /// Opens a file and looks through it. A file that is cut off or damaged opens, too, if it
    /// begins well: what is wrong with it is its [`tail`](Self::tail).
    ///
    /// # Errors
    /// If it cannot be read, is no recording, or one of another version.
    pub fn open(path: &Path) -> Result<Self, RecordingError> {
        let io_error = |error| RecordingError::Io {
            path: path.to_owned(),
            error,
        };
        let file = File::open(path).map_err(io_error)?;
        let mut scan = Scan {
            path,
            input: BufReader::with_capacity(1 << 16, &file),
            place: Place {
                frame: 0,
                offset: MAGIC.len() as u64,
            },
        };
        scan.check_magic()?;
        let header = scan.header()?;
        let mut found = Found::default();
        let tail = loop {
            let place = scan.place;
            match scan.next() {
                Ok(Some(frame)) => found.add(place, frame),
                Ok(None) => break None,
                Err(error @ RecordingError::Io { .. }) => return Err(error),
                Err(error) => break Some(error),
            }
        };
        let (steps, gap) = found.finish();
        Ok(Self {
            path: path.to_owned(),
            file,
            header,
            actors: found.actors,
            steps,
            closed: found.closed,
            gap,
            tail,
        })
    }

    /// What the file is.
    #[must_use]
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// Every actor by its number, with its first life; those that cannot be run again, too.
    #[must_use]
    pub fn actors(&self) -> &BTreeMap<u32, Birth> {
        &self.actors
    }

    /// Everything that happened, in order.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// How it was ended; nothing if whoever made it was.
    #[must_use]
    pub fn closed(&self) -> Option<Closed> {
        self.closed
    }

    /// The number of the first step that is missing, if one is.
    #[must_use]
    pub fn gap(&self) -> Option<u64> {
        self.gap
    }

    /// What is wrong with the end of the file, if anything is.
    #[must_use]
    pub fn tail(&self) -> Option<&RecordingError> {
        self.tail.as_ref()
    }

    /// Reads one step, and what came of it if it is a message that was handled.
    ///
    /// # Errors
    /// If the file has changed since it was opened.
    pub fn read(&self, step: &Step) -> Result<(Frame, Option<Done>), RecordingError> {
        let frame = self.frame(step.place)?;
        let done = step.done.map(|place| self.frame(place)).transpose()?;
        Ok((
            frame,
            done.and_then(|frame| match frame {
                Frame::Done(done) => Some(done),
                _ => None,
            }),
        ))
    }

    fn frame(&self, place: Place) -> Result<Frame, RecordingError> {
        let io_error = |error| RecordingError::Io {
            path: self.path.clone(),
            error,
        };
        let mut head = [0; HEAD_BYTES];
        let read = self.file.read_exact_at(&mut head, place.offset);
        read.map_err(io_error)?;
        let mut body = vec![0; length_of(&head).min(FRAME_BYTES_MAX)];
        let offset = place.offset + HEAD_BYTES as u64;
        self.file
            .read_exact_at(&mut body, offset)
            .map_err(io_error)?;
        from_bytes(place.frame, &head, &body).map_err(|reason| place.damaged(reason))
    }
}

/// Goes through a file once.
struct Scan<'a> {
    path: &'a Path,
    input: BufReader<&'a File>,
    place: Place,
}

impl Scan<'_> {
    fn check_magic(&mut self) -> Result<(), RecordingError> {
        let mut magic = [0; MAGIC.len()];
        let read = self.fill(&mut magic)?;
        if read < magic.len() || magic != MAGIC {
            let path = self.path.to_owned();
            return Err(RecordingError::Foreign { path });
        }
        Ok(())
    }

    fn header(&mut self) -> Result<Header, RecordingError> {
        let place = self.place;
        match self.next()? {
            Some(Frame::Header(header)) if header.version == VERSION => Ok(header),
            Some(Frame::Header(header)) => Err(RecordingError::Version {
                found: header.version,
                made_by: header.made_by,
            }),
            Some(_) => Err(place.damaged("it should say what the file is".to_owned())),
            None => Err(place.cut_off()),
        }
    }

    /// The next frame; nothing at the end.
    fn next(&mut self) -> Result<Option<Frame>, RecordingError> {
        let place = self.place;
        let mut head = [0; HEAD_BYTES];
        match self.fill(&mut head)? {
            0 => return Ok(None),
            read if read < HEAD_BYTES => return Err(place.cut_off()),
            _ => {}
        }
        let length = length_of(&head);
        if length > FRAME_BYTES_MAX {
            return Err(place.damaged(format!("it claims a length of {length} bytes")));
        }
        let mut body = Vec::new();
        let mut rest = (&mut self.input).take(length as u64);
        let read = rest.read_to_end(&mut body);
        read.map_err(|error| self.io_error(error))?;
        if body.len() < length {
            return Err(place.cut_off());
        }
        self.place = Place {
            frame: place.frame + 1,
            offset: place.offset + (HEAD_BYTES + length) as u64,
        };
        let frame = from_bytes(place.frame, &head, &body);
        frame.map(Some).map_err(|reason| place.damaged(reason))
    }

    /// Reads as many bytes as there are, and says how many.
    fn fill(&mut self, place: &mut [u8]) -> Result<usize, RecordingError> {
        let mut read = Vec::new();
        let taken = (&mut self.input)
            .take(place.len() as u64)
            .read_to_end(&mut read);
        taken.map_err(|error| self.io_error(error))?;
        place[..read.len()].copy_from_slice(&read);
        Ok(read.len())
    }

    fn io_error(&self, error: std::io::Error) -> RecordingError {
        RecordingError::Io {
            path: self.path.to_owned(),
            error,
        }
    }
}

impl Place {
    fn cut_off(self) -> RecordingError {
        let Self { frame, offset } = self;
        RecordingError::CutOff { frame, offset }
    }

    fn damaged(self, reason: String) -> RecordingError {
        let Self { frame, offset } = self;
        RecordingError::Damaged {
            frame,
            offset,
            reason,
        }
    }
}

/// What a file turns out to hold.
#[derive(Default)]
struct Found {
    actors: BTreeMap<u32, Birth>,
    steps: Vec<Step>,
    done: HashMap<u64, Place>,
    closed: Option<Closed>,
}

impl Found {
    fn add(&mut self, place: Place, frame: Frame) {
        let (number, actor, is_message) = match frame {
            Frame::Birth(birth) => {
                let (number, actor) = (birth.number, birth.actor);
                self.actors.entry(actor).or_insert(birth);
                (number, actor, false)
            }
            Frame::Taken(taken) => (taken.number, taken.actor, true),
            Frame::Ended(ended) => (ended.number, ended.actor, false),
            Frame::Unreplayable(last) => (last.number, last.actor, false),
            Frame::Done(done) => {
                self.done.insert(done.number, place);
                return;
            }
            Frame::Closed(closed) => {
                self.closed = Some(closed);
                return;
            }
            Frame::Header(_) => return,
        };
        self.steps.push(Step {
            number,
            actor,
            is_message,
            place,
            done: None,
        });
    }

    /// The steps in order, and the number of the first that is missing.
    fn finish(&mut self) -> (Vec<Step>, Option<u64>) {
        let mut steps = std::mem::take(&mut self.steps);
        steps.sort_by_key(|step| step.number);
        // A message and what says why it cannot be run again are one step.
        steps.dedup_by(|later, earlier| {
            let is_same = later.number == earlier.number && earlier.is_message && !later.is_message;
            if is_same {
                *earlier = *later;
            }
            is_same
        });
        let mut gap = None;
        let mut unfinished = HashMap::new();
        for (expected, step) in (0..).zip(&mut steps) {
            if step.number != expected {
                gap = Some(expected);
                break;
            }
            step.done = self.done.get(&step.number).copied();
            // An actor that went on had finished what it had in hand.
            if let Some(missing) = unfinished.remove(&step.actor) {
                gap = Some(missing);
                break;
            }
            if step.is_message && step.done.is_none() {
                unfinished.insert(step.actor, step.number);
            }
        }
        (steps, gap)
    }
}
