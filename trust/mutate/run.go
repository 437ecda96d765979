package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"time"
)

// Outcome is what became of a fault.
type Outcome string

// The outcomes. Only the first is good.
const (
	Killed     Outcome = "killed"
	OnlyDigest Outcome = "only the digest"
	Survived   Outcome = "survived"
	TooLong    Outcome = "no answer in time"
	Broken     Outcome = "does not build"
)

// Result is the outcome of a fault, as it stands in the file of results.
type Result struct {
	Fault   string
	Tree    string // the hash of all files
	Outcome Outcome
	By      string // the test that noticed, or why it does not build
	Seconds float64
}

// runner plants faults.
type runner struct {
	tree  *tree
	limit time.Duration // for each fault
	sound map[string]bool
}

// run plants one fault and looks for a test that notices it.
func (r *runner) run(ctx context.Context, f *Fault) (Result, error) {
	start := time.Now()
	own, cancel := context.WithTimeout(ctx, r.limit)
	defer cancel()
	outcome, by, err := r.try(own, f)
	if err == nil && outcome != Killed && own.Err() != nil {
		outcome, by = TooLong, ""
	}
	if restored := r.tree.restore(); err == nil {
		err = restored
	}
	return Result{Fault: f.Name, Outcome: outcome, By: by, Seconds: time.Since(start).Seconds()}, err
}

func (r *runner) try(ctx context.Context, f *Fault) (outcome Outcome, by string, err error) {
	before, after, err := f.steps()
	if err != nil {
		return "", "", err
	}
	if err := r.tree.plant(f); err != nil {
		return "", "", err
	}
	if outcome, by, err = r.notice(ctx, f, before); outcome != "" || err != nil {
		return outcome, by, err
	}
	if f.regenerates() {
		if out, err := r.goTool(ctx, Step{module: "."}, "run", "./asm", "."); err != nil {
			return Killed, "the generator: " + lastLine(out), nil // it refuses some descriptions
		}
	}
	if outcome, by, err = r.notice(ctx, f, after); outcome != "" || err != nil {
		return outcome, by, err
	}
	for _, run := range digests {
		s, err := newStep(run)
		if err != nil {
			return "", "", err
		}
		if out, err := r.test(ctx, s); err != nil && ctx.Err() == nil {
			return OnlyDigest, killer(out), nil
		}
	}
	return Survived, "", nil
}

// notice runs the steps up to the first that fails. The outcome is empty if none does.
func (r *runner) notice(ctx context.Context, f *Fault, steps []Step) (_ Outcome, by string, err error) {
	for _, s := range steps {
		out, err := r.test(ctx, s, "-skip", notCounted)
		switch {
		case err == nil && !ranTests.MatchString(out):
			return "", "", fmt.Errorf("%s: %s: go test %v has no tests to run", f.where, f.Name, s)
		case err == nil:
		case ctx.Err() != nil:
			return TooLong, "", nil
		case buildFailed(out):
			return Broken, firstError(out), nil
		default:
			if err := r.checkSound(ctx, f, s, out); err != nil {
				return "", "", err
			}
			return Killed, killer(out), nil
		}
	}
	return "", "", nil
}

// checkSound makes sure, once for each package, that its tests pass when there is no fault: a tree whose tests fail anyway
// would kill everything.
func (r *runner) checkSound(ctx context.Context, f *Fault, s Step, out string) error {
	m := failedPackage.FindStringSubmatch(out)
	if m == nil || r.sound[m[1]] {
		return nil
	}
	if err := r.tree.restore(); err != nil {
		return err
	}
	if out, err := r.test(ctx, s, "-skip", notCounted); err != nil && ctx.Err() == nil {
		return fmt.Errorf("go test %v fails without a fault (it was to notice %s):\n%s", s, f.Name, out)
	}
	r.sound[m[1]] = true
	return nil
}

// test runs go test up to the first failure. vet is not a test: it would fail for faults that nobody sees at run time.
func (r *runner) test(ctx context.Context, s Step, more ...string) (out string, err error) {
	args := append([]string{"test", "-failfast", "-vet=off", "-timeout=5m"}, more...)
	return r.goTool(ctx, s, append(args, s.args...)...)
}

// goTool runs the go command in the folder of a module.
func (r *runner) goTool(ctx context.Context, s Step, args ...string) (out string, err error) {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = r.tree.path(s.module)
	// Without the path of the copy the cache serves builds in every copy.
	cmd.Env = append(os.Environ(), append(s.env, "GOFLAGS=-trimpath", "GOWORK=off", "PWD="+cmd.Dir)...)
	killGroup(cmd)
	cmd.WaitDelay = 5 * time.Second
	text, err := cmd.CombinedOutput()
	if exit := new(exec.ExitError); err != nil && !errors.As(err, &exit) && ctx.Err() == nil {
		return "", fmt.Errorf("go %s: %w", strings.Join(args, " "), err)
	}
	return string(text), err
}

var (
	failedTest    = regexp.MustCompile(`(?m)^\s*--- FAIL: (\S+)`)
	failedPackage = regexp.MustCompile(`(?m)^FAIL\t(\S+)`)
	ranTests      = regexp.MustCompile(`(?m)^ok\s.*(?:s|\(cached\))$`) // behind it stands [no tests to run] where there are none
	crashed       = regexp.MustCompile(`(?m)^(?:panic|fatal error|unexpected fault|SIG\w+)\b.*`)
)

func buildFailed(out string) bool {
	return strings.Contains(out, "[build failed]") || strings.Contains(out, "[setup failed]")
}

// killer names the test that failed, as deep as its subtests go.
func killer(out string) string {
	var where, what string
	if m := failedPackage.FindStringSubmatch(out); m != nil {
		where = strings.TrimPrefix(m[1], "github.com/simmer-go/simmer/") + " "
	}
	for _, m := range failedTest.FindAllStringSubmatch(out, -1) {
		if what == "" || strings.HasPrefix(m[1], what+"/") {
			what = m[1]
		}
	}
	if what == "" {
		what = crashed.FindString(out)
	}
	if what == "" {
		what = lastLine(out)
	}
	return where + what
}

// firstError is the first complaint of the compiler.
func firstError(out string) string {
	for line := range strings.Lines(out) {
		if !strings.HasPrefix(line, "#") {
			return strings.TrimSpace(line)
		}
	}
	return ""
}

func lastLine(out string) string {
	out = strings.TrimSpace(out)
	return out[strings.LastIndex(out, "\n")+1:]
}
