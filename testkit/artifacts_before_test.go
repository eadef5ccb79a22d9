//go:build !go1.26

package testkit_test

const artifacts = false
