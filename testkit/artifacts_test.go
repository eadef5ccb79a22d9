//go:build go1.26

package testkit_test

const artifacts = true // package testing keeps them
