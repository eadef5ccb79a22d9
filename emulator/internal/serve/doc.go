// Package serve is the path of a request: the list of stages in exchange.go, and one file a stage. The first stage with
// an answer ends the walk.
package serve
