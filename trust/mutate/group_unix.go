//go:build unix

package main

import (
	"os/exec"
	"syscall"
)

// killGroup has the command killed with its children, the tests, when time is up.
func killGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}
