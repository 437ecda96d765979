package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What does not fit together is not merged, and the error says why.
func TestMergeRefuses(t *testing.T) {
	path := rowsFile(t, "rows.csv", 60)
	args := []string{"-input", path, "-label", "64"}
	newShards := func(t *testing.T, change ...string) string {
		folder := t.TempDir()
		for _, shard := range []string{"0/2", "1/2"} {
			run(t, append(append(args, "-output", folder, "-shard", shard), change...)...)
		}
		return folder
	}
	replace := func(old, new string) func(t *testing.T, folder string) []string {
		return func(t *testing.T, folder string) []string {
			name := folder + "/" + shardName(1, 2)
			text := string(read(t, name))
			if !strings.Contains(text, old) {
				t.Fatalf("%s is not in %s", old, text)
			}
			if err := os.WriteFile(name, []byte(strings.Replace(text, old, new, 1)), 0o644); err != nil {
				t.Fatal(err)
			}
			return nil
		}
	}
	for _, c := range []struct {
		name, want string
		damage     func(t *testing.T, folder string) []string // returns the partial results to be named
	}{
		{"missing", "shard 1/2 is missing", func(t *testing.T, folder string) []string {
			return []string{folder + "/" + shardName(0, 2)}
		}},
		{"doubled", "are both shard 0/2", func(t *testing.T, folder string) []string {
			first := folder + "/" + shardName(0, 2)
			return []string{first, folder + "/" + shardName(1, 2), first}
		}},
		{"of another number", "of 3 shards", func(t *testing.T, folder string) []string {
			run(t, append(args, "-output", folder, "-shard", "1/3")...)
			return nil
		}},
		{"other options", "another model, input or other options", func(t *testing.T, folder string) []string {
			return []string{folder + "/" + shardName(0, 2), newShards(t, "-bins", "3") + "/" + shardName(1, 2)}
		}},
		{"another model", "another model, input or other options", func(t *testing.T, folder string) []string {
			other := newShards(t, "-weights", strings.Replace(digitsWeights, "lowrank", "diagonal", 1), "-modules", digitsModules)
			return []string{folder + "/" + shardName(0, 2), other + "/" + shardName(1, 2)}
		}},
		{"version", "version 2, want 1", replace(`"Version":1`, `"Version":2`)},
		{"no JSON", "partial-00001-of-00002.json", replace(`{`, `[`)},
		{"damaged evaluation", "checksum", replace(`"log_loss":"`, `"log_loss":"QQEB`)},
		{"rows are lost", "rows, but", replace(`"Rows":29`, `"Rows":30`)},
		{"bytes are lost", "are in no part", replace(`"From":`, `"From":1`)},
		{"predictions are lost", "no such file", func(t *testing.T, folder string) []string {
			names, _ := filepath.Glob(folder + "/predictions-*")
			if err := os.Remove(names[1]); err != nil {
				t.Fatal(err)
			}
			return nil
		}},
		{"predictions are cut", "were written", nil},
		{"of another job", "is of another job", func(t *testing.T, folder string) []string {
			if err := os.WriteFile(folder+"/predictions-00007-000000000000000.csv", []byte("x\n"), 0o644); err != nil {
				t.Fatal(err)
			}
			return nil
		}},
		{"nothing", "has no partial results", func(t *testing.T, folder string) []string {
			for _, name := range partials(t, folder) {
				if err := os.Remove(name); err != nil {
					t.Fatal(err)
				}
			}
			return nil
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			folder := newShards(t)
			var names []string
			if c.damage == nil {
				names, _ := filepath.Glob(folder + "/predictions-*")
				if err := os.Truncate(names[0], 100); err != nil {
					t.Fatal(err)
				}
			} else {
				names = c.damage(t, folder)
			}
			_, err := try(append([]string{"-output", folder, "-merge"}, names...)...)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("error %v, want one with %q", err, c.want)
			}
			if _, err := os.Stat(folder + "/" + reportName); err == nil {
				t.Error("there is a report all the same")
			}
		})
	}
}

// A folder that has results is not written to.
func TestOutputInUse(t *testing.T) {
	args := []string{"-input", rowsFile(t, "rows.csv", 10), "-output", t.TempDir()}
	run(t, args...)
	if _, err := try(args...); err == nil || !strings.Contains(err.Error(), "is of another job") {
		t.Errorf("error %v, want that the folder has results", err)
	}
}

func TestFlags(t *testing.T) {
	path := rowsFile(t, "rows.csv", 3)
	empty := write(t, "empty.csv", "").Name
	for _, c := range []struct{ args, want string }{
		{"-output " + t.TempDir(), "-input is missing"},
		{"-input x.csv", "-output is missing"},
		{"-output o -input rows.txt", `-format is ""`},
		{"-output o -input rows.txt -format CSV", `-format is "CSV"`},
		{"-output o -input rows.fp32 -header", "-header is for csv"},
		{"-output o -input x.csv -label -2", "-label is -2"},
		{"-output o -input x.csv -outputs mean,var", `"var"`},
		{"-output o -input x.csv -outputs mean -draws 1", "-draws is 1"},
		{"-output o -input x.csv -draws -1", "-draws is -1"},
		{"-output o -input x.csv -bins 0", "-bins is 0"},
		{"-output o -input x.csv -batch 0", "-batch is 0"},
		{"-output o -input x.csv -workers -1", "-workers is -1"},
		{"-output o -input x.csv -part-bytes 0", "-part-bytes 0"},
		{"-output o -input x.csv", "nothing in the 0 files"},
		{"-output o -input " + empty, "nothing in the 1 files"},
		{"-output o -input " + path + " surplus", `unexpected argument "surplus"`},
		{"-output o -input " + path + " -shard 2/2", `-shard is "2/2"`},
		{"-output o -input " + path + " -shard -1/2", `-shard is "-1/2"`},
		{"-output o -input " + path + " -shard 1", `-shard is "1"`},
		{"-output o -input " + path + " -shard 0/1x", `-shard is "0/1x"`},
		{"-output o -input " + path + " -shard 0/1 -label 65", "-label is 65"},
		{"-output o -input " + path + " -label 65", "-label is 65"},
		{"-output o -input " + path + " -weights none.safetensors", "none.safetensors"},
		{"-output o -input " + path + " -modules tanh", "module 0"},
		{"-output o.txt -generate 5", "o.txt"},
		{"-output o.csv -generate -5", "-generate is -5"},
	} {
		_, err := try(strings.Fields(c.args)...)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want one with %q", c.args, err, c.want)
		}
	}
}
