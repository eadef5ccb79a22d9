// Package sdktest drives the emulated Auth0 with Auth0's own SDKs, unmodified: go-auth0 v1 over the older family of
// organization connections, v2 over the newer one. It is a package of its own because v2 compiles slowly.
package sdktest
