//! `window.*` and `event.*`: the app's windows, and the events on their way to pages.

use serde_json::{Value, json};

use super::Route;
use crate::{
    actors::router::{Args, Desk},
    messages::{
        host::{Length, WindowAction, WindowOptions, WindowState},
        router::{CallError, CallReply},
        windows::{
            ActOnWindow, CloseClient, OpenClient, OpenWindow, PageEvent, RaiseEvent, TakeEvents,
        },
    },
};

pub(super) const ROUTES: &[Route] = &[
    Route::new("window.create", create),
    Route::new("window.close", |args, desk| {
        act(&args, desk, Ok(WindowAction::Close))
    }),
    Route::new("window.show", |args, desk| {
        act(&args, desk, Ok(WindowAction::Show))
    }),
    Route::new("window.hide", |args, desk| {
        act(&args, desk, Ok(WindowAction::Hide))
    }),
    Route::new("window.maximize", |args, desk| {
        act(&args, desk, Ok(WindowAction::Maximize))
    }),
    Route::new("window.minimize", |args, desk| {
        act(&args, desk, Ok(WindowAction::Minimize))
    }),
    Route::new("window.restore", |args, desk| {
        act(&args, desk, Ok(WindowAction::Restore))
    }),
    Route::new("window.firstFrame", |args, desk| {
        act(&args, desk, Ok(WindowAction::FirstFrame))
    }),
    Route::new("window.showInspector", |args, desk| {
        act(&args, desk, Ok(WindowAction::ShowInspector));
    }),
    Route::new("window.getTitle", |args, desk| {
        act(&args, desk, Ok(WindowAction::Describe))
    }),
    Route::new("window.setTitle", |args, desk| {
        let action = args.string("value").map(WindowAction::SetTitle);
        act(&args, desk, action);
    }),
    Route::new("window.setSize", |args, desk| {
        let action = size(&args);
        act(&args, desk, action);
    }),
    Route::new("window.setPosition", |args, desk| {
        let action = position(&args);
        act(&args, desk, action);
    }),
    Route::new("window.setBackgroundColor", |args, desk| {
        let action = background(&args);
        act(&args, desk, action);
    }),
    Route::new("window.navigate", |args, desk| {
        let action = args.string("url").or_else(|_| args.string("value"));
        act(&args, desk, action.map(WindowAction::Navigate));
    }),
    Route::new("window.send", send),
    Route::new("event.next", next),
    Route::new("event.open", open_client),
    Route::new("event.close", close_client),
    Route::new("window.setContextMenu", refuse),
    Route::new("window.showFileSystemPicker", refuse),
];

fn act(args: &Args, desk: Desk<'_>, action: Result<WindowAction, CallError>) {
    let message = action.and_then(|action| {
        Ok(ActOnWindow {
            window: target(args)?,
            action,
        })
    });
    let windows = desk.services.windows.recipient();
    desk.ask(windows, message, |state: WindowState| {
        CallReply::from(json!(state))
    });
}

/// The window that is meant: the caller's own unless another is named.
fn target(args: &Args) -> Result<u32, CallError> {
    let named = args.optional_integer("targetWindowIndex", INDICES)?;
    Ok(named
        .and_then(|index| u32::try_from(index).ok())
        .unwrap_or(args.caller.window))
}

fn create(args: Args, desk: Desk<'_>) {
    let windows = desk.services.windows.recipient();
    let message = options(&args, &desk.app().window).and_then(|options| {
        let index = args.optional_integer("targetWindowIndex", INDICES)?;
        let index = index.or(args.optional_integer("index", INDICES)?);
        let index = index.and_then(|index| u32::try_from(index).ok());
        Ok(OpenWindow { index, options })
    });
    desk.ask(windows, message, |state: WindowState| {
        CallReply::from(json!(state))
    });
}

/// What the page asks for, and the app's defaults for the rest.
fn options(args: &Args, defaults: &WindowOptions) -> Result<WindowOptions, CallError> {
    let flag = |name: &str, default: bool| match args.value(name) {
        Some(_) => args.flag(name),
        None => Ok(default),
    };
    let url = args
        .optional_string("path")?
        .or(args.optional_string("url")?);
    Ok(WindowOptions {
        title: args
            .optional_string("title")?
            .unwrap_or_else(|| defaults.title.clone()),
        url: url.unwrap_or_else(|| "/".to_owned()),
        width: length(args, "width")?.or(defaults.width),
        height: length(args, "height")?.or(defaults.height),
        min_size: (length(args, "minWidth")?, length(args, "minHeight")?),
        max_size: (length(args, "maxWidth")?, length(args, "maxHeight")?),
        is_resizable: flag("resizable", defaults.is_resizable)?,
        is_maximizable: flag("maximizable", defaults.is_maximizable)?,
        is_minimizable: flag("minimizable", defaults.is_minimizable)?,
        is_closable: flag("closable", defaults.is_closable)?,
        is_frameless: flag("frameless", defaults.is_frameless)?,
        is_utility: flag("utility", defaults.is_utility)?,
        is_hidden: flag("headless", defaults.is_hidden)?,
        background: defaults.background,
    })
}

fn size(args: &Args) -> Result<WindowAction, CallError> {
    let missing = |name: &str| args.invalid(name, "must be given");
    let width = length(args, "width")?.ok_or_else(|| missing("width"))?;
    let height = length(args, "height")?.ok_or_else(|| missing("height"))?;
    Ok(WindowAction::SetSize(width, height))
}

fn position(args: &Args) -> Result<WindowAction, CallError> {
    let coordinate = |name: &str| {
        let value = args.integer(name, i64::from(i32::MIN)..=i64::from(i32::MAX))?;
        i32::try_from(value).map_err(|_| args.invalid(name, "is out of range"))
    };
    Ok(WindowAction::SetPosition(
        coordinate("x")?,
        coordinate("y")?,
    ))
}

fn background(args: &Args) -> Result<WindowAction, CallError> {
    let channel = |name: &str| {
        let value = args.integer(name, 0..=255)?;
        u8::try_from(value).map_err(|_| args.invalid(name, "is out of range"))
    };
    // Alpha runs from 0 to 1, as in CSS.
    let alpha = args
        .optional_number("alpha")?
        .unwrap_or(1.0)
        .clamp(0.0, 1.0);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "0 to 255"
    )]
    let alpha = (alpha * 255.0).round() as u8;
    let (red, green, blue) = (channel("red")?, channel("green")?, channel("blue")?);
    Ok(WindowAction::SetBackground([red, green, blue, alpha]))
}

/// Pixels as a number, or percent of the screen as in `"50%"`.
fn length(args: &Args, name: &str) -> Result<Option<Length>, CallError> {
    let percent = args
        .value(name)
        .and_then(Value::as_str)
        .and_then(|text| text.strip_suffix('%'));
    let length = match percent {
        Some(percent) => Length::Percent(percent.trim().parse().unwrap_or(f64::NAN)),
        None => match args.optional_number(name)? {
            Some(pixels) => Length::Pixels(pixels),
            None => return Ok(None),
        },
    };
    match length {
        Length::Pixels(number) if (0.0..=PIXELS_MAX).contains(&number) => Ok(Some(length)),
        Length::Percent(number) if (0.0..=100.0).contains(&number) => Ok(Some(length)),
        _ => Err(args.invalid(
            name,
            "must be pixels (0 to 65535) or percent (\"0%\" to \"100%\")",
        )),
    }
}

fn send(args: Args, desk: Desk<'_>) {
    let message = args.string("event").and_then(|name| {
        let window = args.optional_integer("window", INDICES)?;
        let window = window.or(args.optional_integer("targetWindowIndex", INDICES)?);
        let window = window.and_then(|index| u32::try_from(index).ok());
        let data = event_data(args.value("value"));
        Ok(RaiseEvent {
            window,
            event: PageEvent {
                name,
                data,
                ..PageEvent::default()
            },
        })
    });
    let windows = desk.services.windows.recipient();
    desk.ask(windows, message, |()| CallReply::default());
}

/// Pages send text, as back ends do: JSON if it is JSON, else a string.
fn event_data(value: Option<&Value>) -> Value {
    match value {
        None => Value::Null,
        Some(Value::String(text)) => {
            serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.clone()))
        }
        Some(other) => other.clone(),
    }
}

fn next(args: Args, desk: Desk<'_>) {
    let window = args.caller.window;
    let message = args
        .string("client")
        .map(|client| TakeEvents { window, client });
    let windows = desk.services.windows.recipient();
    desk.ask(windows, message, |events: Vec<PageEvent>| {
        CallReply::from(json!(events))
    });
}

fn open_client(args: Args, desk: Desk<'_>) {
    let windows = desk.services.windows.recipient();
    let message = Ok(OpenClient {
        window: args.caller.window,
    });
    desk.ask(windows, message, |client: String| {
        CallReply::from(json!({ "client": client }))
    });
}

fn close_client(args: Args, desk: Desk<'_>) {
    let window = args.caller.window;
    let message = args
        .string("client")
        .map(|client| CloseClient { window, client });
    let windows = desk.services.windows.recipient();
    desk.ask(windows, message, |()| CallReply::default());
}

fn refuse(args: Args, desk: Desk<'_>) {
    desk.answer(Err(args.not_supported()));
}

const INDICES: std::ops::RangeInclusive<i64> = 0..=u32::MAX as i64;
/// Longest side of a window: what X11 can express.
const PIXELS_MAX: f64 = 65_535.0;
