//go:build !unix

package main

import "os/exec"

func inSession(*exec.Cmd) {}
