// Package qovery emulates Qovery's API as far as single sign-on goes: enterprise connections, and what their clients
// call around them: organizations, roles, members and API tokens.
//
// Nobody can create an enterprise connection through the API: Qovery's staff do, here the fixture or the control API. The
// API's pages are at api-doc.qovery.com. See emulator/vendors/FIDELITY.md for what is known and how, and LIMITS.md for
// what is not emulated.
package qovery
