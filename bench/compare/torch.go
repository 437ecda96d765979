package main

import (
	"context"
	_ "embed"
	"fmt"
	"os/exec"
)

//go:embed torch_cases.py
var torchCases string

// startTorch starts torch_cases.py in a Python that has torch, with the environment env (nil: ours).
func startTorch(ctx context.Context, python string, env []string) (*process, error) {
	c := exec.CommandContext(ctx, python, "-c", torchCases, "--serve")
	c.Env = env
	t, err := startProcess(c)
	if err != nil {
		return nil, fmt.Errorf("torch: %w (-python names a Python that has torch)", err)
	}
	return t, nil
}
