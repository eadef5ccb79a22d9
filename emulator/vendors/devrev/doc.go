// Package devrev emulates DevRev's API as far as single sign-on goes: an organization's authentication connections, and
// the reads of the organization and its users that go with them. A world has one organization, as a token has.
//
// A fixture's organization may say `toggle: exclusive`: enabling a connection then disables the others, as before April
// 2025. With `deactivated: true` every token is refused. Its tokens may be declared, expired and revoked.
//
// Everything is one flat path a method, such as POST /dev-orgs.auth-connections.create; reads answer GET and POST. The
// API's pages are at developer.devrev.ai. See emulator/vendors/FIDELITY.md for what is known and how, and LIMITS.md for
// what is not emulated.
package devrev
