//! Names of message types, as people write them.

use std::any;

use super::letter::Label;

/// A type's name without its path: `answer:ReadFile`.
pub(super) fn short(name: &'static str) -> String {
    let (outer, inner) = name.split_once('<').unwrap_or((name, ""));
    let last = |path: &str| path.rsplit("::").next().unwrap_or(path).to_owned();
    match last(outer).as_str() {
        "AnswerTo" => format!("answer:{}", last(inner.trim_end_matches('>'))),
        "JobOf" => format!("job:{}", last(inner.trim_end_matches('>'))),
        plain => plain.to_owned(),
    }
}

/// Labels the continuation that handles an answer to `M`.
pub(super) fn answer_label<M>() -> Label {
    any::type_name::<AnswerTo<M>>
}

/// Labels the continuation that follows a job of actor `A`.
pub(super) fn job_label<A>() -> Label {
    any::type_name::<JobOf<A>>
}

struct AnswerTo<M>(std::marker::PhantomData<M>);
struct JobOf<A>(std::marker::PhantomData<A>);
