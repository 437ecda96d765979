// Package digest compares hashes of results with those of a file: on every implementation that this machine has, and
// through the file with all machines that ran the test elsewhere. Only tests import it: it defines two flags.
package digest

import (
	"flag"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/simmer-go/simmer/internal/isa"
)

var (
	add    = flag.Bool("add", false, "add to the file of digests what is new; no line changes")
	update = flag.String("update", "", "`names`, separated by commas, of which the lines in the file of digests "+
		"may change: a promise is broken, so CHANGELOG.md must say it")
)

// Compute returns a hash for each name and type of its elements, such as "ExpTo float32".
type Compute func(t *testing.T) map[string]string

// Test compares what compute returns with the file, whose lines are a name, a type and a hash.
func Test(t *testing.T, file string, compute Compute) {
	if *add || *update != "" {
		write(t, file, compute)
	}
	_, committed := read(t, file)
	for _, i := range isa.Available() {
		t.Run(i.String(), func(t *testing.T) {
			defer isa.Use(i)()
			got := compute(t)
			for _, name := range slices.Sorted(maps.Keys(got)) {
				switch want, ok := committed[name]; {
				case !ok:
					t.Errorf("%s has no line in %s: once it is right, run go test -run Digest -add", name, file)
				case got[name] != want:
					t.Errorf("%s: digest %s, committed %s", name, got[name], want)
				}
			}
			for name := range committed {
				if got[name] == "" {
					t.Errorf("%s has a line in %s, but is not there: delete the line, or give it the new name", name, file)
				}
			}
		})
	}
}

// write adds the lines that are missing, and rewrites only those of the names that -update gives.
func write(t *testing.T, file string, compute Compute) {
	text, lines := read(t, file)
	defer isa.Use(isa.Generic)()
	var named []string
	if *update != "" {
		named = strings.Split(*update, ",")
	}
	for _, name := range named {
		if lines[name+" float32"] == "" {
			t.Fatalf("-update %s: no line in %s is of %s", *update, file, name)
		}
	}
	for key, hash := range compute(t) {
		name, _, _ := strings.Cut(key, " ")
		if _, there := lines[key]; !there && *add || there && slices.Contains(named, name) {
			lines[key] = hash
		}
	}
	for _, key := range slices.Sorted(maps.Keys(lines)) {
		text += key + " " + lines[key] + "\n"
	}
	if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

// read returns the comments of the file, and its hashes by name and type.
func read(t *testing.T, file string) (comments string, lines map[string]string) {
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	lines = map[string]string{}
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, "#") {
			comments += line
			continue
		}
		fields := strings.Fields(line)
		if len(fields) != 3 {
			t.Fatalf("%s: %q", file, line)
		}
		lines[fields[0]+" "+fields[1]] = fields[2]
	}
	return comments, lines
}
