// Package atlas emulates MongoDB Atlas's federated authentication: an organization's federation settings, its connected
// organizations, their role mappings, and the identity providers, with as much of organizations and projects as clients
// of these need. It answers on the three bases of the service: /api/atlas/v2 with its dated media types, /api/atlas/v1.0,
// and /api/public/v1.0 of Cloud Manager, each with the operations that its documentation has.
//
// Callers bear an API key by HTTP digest, or a service account's token from /api/oauth/token.
//
// Not emulated: signing in through an identity provider, invitations, and what else organizations and projects have.
// Replies lack X-Java-Method, X-Java-Version and X-Mongodb-Service-Version, which tell one build of the service from
// another. Many refusals of the service are published without a code; their rows say which one stands in.
//
// See emulator/vendors/FIDELITY.md for what is known and how.
package atlas
