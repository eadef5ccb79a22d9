// Package sdktest runs the gauntlet over clients that nobody here wrote: go-auth0 v1 and v2 and go.mongodb.org/atlas, each
// through a thin driver. It holds scenarios/SDKS.md to what they do. It is a package of its own because go-auth0 v2
// compiles slowly.
package sdktest
