// Package sdktest drives the emulated Atlas with clients of others, unmodified: go.mongodb.org/atlas over its digest
// transport, and curl. It is a package of its own so that whoever tests the vendor need not compile them.
package sdktest
