package isa

import (
	"errors"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

func TestChoose(t *testing.T) {
	avx2 := []ISA{Generic, AVX2}
	for _, c := range []struct {
		wish      string
		available []ISA
		want      ISA
		complains bool
	}{
		{"", []ISA{Generic}, Generic, false},
		{"", avx2, AVX2, false},
		{"", []ISA{Generic, AVX2, AVX512}, AVX512, false},
		{"generic", avx2, Generic, false},
		{"avx2", avx2, AVX2, false},
		{"AVX2", avx2, AVX2, false},
		{"avx2", []ISA{Generic, AVX2, AVX512}, AVX2, false},
		{"avx512", avx2, AVX2, true},
		{"neon", avx2, AVX2, true},
		{"neon", []ISA{Generic, NEON}, NEON, false},
		{"avx2", []ISA{Generic}, Generic, true},
		{"fastest", avx2, AVX2, true},
		{"avx2\nforged line", avx2, AVX2, true},
	} {
		got, complaint := choose(c.wish, c.available)
		if got != c.want || (complaint != "") != c.complains {
			t.Errorf("choose(%q, %v) = %v, %q; want %v, complaint %v", c.wish, c.available, got, complaint, c.want, c.complains)
		}
		if strings.Contains(complaint, "\n") {
			t.Errorf("choose(%q, …): more than one line: %q", c.wish, complaint)
		}
	}
}

func TestAvailable(t *testing.T) {
	list := Available()
	if len(list) == 0 || list[0] != Generic || !slices.IsSorted(list) {
		t.Errorf("Available() = %v", list)
	}
	t.Logf("available: %v, in use: %v", list, Active)
}

func TestUse(t *testing.T) {
	before := Active
	restore := Use(Generic)
	if Active != Generic {
		t.Errorf("Active = %v after Use(Generic)", Active)
	}
	if restore(); Active != before {
		t.Errorf("Active = %v after restore, want %v", Active, before)
	}
	defer func() {
		if recover() == nil {
			t.Error("Use accepted an instruction set that does not exist")
		}
	}()
	Use(ISA(len(names)))
}

func TestEnvironment(t *testing.T) {
	best := available[len(available)-1].String()
	for wish, want := range map[string]string{"": best, "generic": "generic", "nonsense": best} {
		got, complaint := startAgain(t, "SIMMER_ISA="+wish)
		if got != want {
			t.Errorf("SIMMER_ISA=%q: %s, want %s", wish, got, want)
		}
		if lines := strings.Count(complaint, "\n"); (lines == 1) != (wish == "nonsense") || lines > 1 {
			t.Errorf("SIMMER_ISA=%q: stderr %q", wish, complaint)
		}
	}
}

// startAgain starts the test again, since the environment counts at start-up. It returns what that process uses.
func startAgain(t *testing.T, env string) (active, stderr string) {
	child := exec.Command(os.Args[0], "-test.run=^TestChild$")
	child.Env = append(os.Environ(), "SIMMER_ISA=", "SIMMER_TEST_CHILD=1", env)
	var complaint strings.Builder
	child.Stderr = &complaint
	out, err := child.Output()
	if crash := new(exec.ExitError); errors.As(err, &crash) {
		t.Fatalf("%s: %v, %s", env, err, complaint.String())
	}
	if err != nil {
		t.Skipf("this machine cannot start the test again: %v", err)
	}
	_, active, _ = strings.Cut(string(out), "active=")
	active, _, _ = strings.Cut(active, ";")
	return active, complaint.String()
}

func TestChild(t *testing.T) {
	if os.Getenv("SIMMER_TEST_CHILD") == "" {
		t.Skip("startAgain starts it")
	}
	os.Stdout.WriteString("active=" + Active.String() + ";")
}
