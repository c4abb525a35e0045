//! Who is let in, and what they may do there: every method, every role, every kind of credential.

mod call; // any method, by its descriptor, with any credential
mod certificates; // TLS: client certificates, reload, what is no TLS
mod issued; // JWTs as an issuer would make them, and as an attacker would
mod matrix; // the whole matrix, and the number of wrong admissions
mod reload; // the access file and its key sets, read again
mod roles; // what each role may record and keep, and whose name it bears
mod rules; // the table of methods against the descriptors
mod secrets; // no secret in a log, an error or a counter
mod tokens; // tokens made, run out, revoked at once, kept over a restart
mod world; // a server that asks for credentials
