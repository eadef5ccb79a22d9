// Package auth0 emulates Auth0's Management API v2: organizations and their connections in both families, connections,
// and the clients, users, roles and grants that those need. See emulator/vendors/FIDELITY.md for what is known and how.
package auth0
