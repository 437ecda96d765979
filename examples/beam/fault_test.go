package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A shard that is killed and run again, however often, has the results of one that was not.
func TestKilledShard(t *testing.T) {
	// Draws make it slow enough to be killed on the way.
	args := []string{"-input", rowsFile(t, "rows.csv", 3000), "-label", "64", "-draws", "5000"}
	want := plain(t, args...)
	folder := t.TempDir()
	args = append(args, "-output", folder)
	killed := 0
	for range 3 {
		if killShard(t, folder, append(args, "-shard", "1/2")) {
			killed++
		}
		for _, name := range partials(t, folder) { // this one was too fast
			if err := os.Remove(name); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := try("-output", folder, "-merge"); err == nil {
			t.Fatal("a shard that was killed has been merged")
		}
	}
	if killed == 0 {
		t.Fatal("no shard could be killed before it was done")
	}
	run(t, append(args, "-shard", "0/2")...)
	if _, err := try("-output", folder, "-merge"); err == nil || !strings.Contains(err.Error(), "shard 1/2 is missing") {
		t.Fatalf("error %v, want that shard 1/2 is missing", err)
	}
	run(t, append(args, "-shard", "1/2")...)
	run(t, append(args, "-shard", "0/2")...) // once more than it has to
	run(t, "-output", folder, "-merge")
	readResults(t, folder).check(t, "killed", want)
	if temps, _ := filepath.Glob(folder + "/tmp-*"); len(temps) > 0 {
		t.Errorf("killed shards have left %q", temps)
	}
}

// killShard runs a shard in a process of its own, and kills it once it has begun to write. It returns false if the shard
// was done before.
func killShard(t *testing.T, folder string, args []string) bool {
	t.Helper()
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = append(os.Environ(), asCommand+"=1")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for !hasTemp(folder) {
		select {
		case <-ended:
			return false
		case <-time.After(time.Millisecond):
		}
	}
	_ = cmd.Process.Kill() // fails if it has ended
	return <-ended != nil
}

// hasTemp says whether an uncommitted file has bytes in it.
func hasTemp(folder string) bool {
	names, _ := filepath.Glob(folder + "/tmp-*")
	for _, name := range names {
		if info, err := os.Stat(name); err == nil && info.Size() > 0 {
			return true
		}
	}
	return false
}

// A job whose bundle fails on the way has no results, and one that runs again has all of them. Prism does not repeat
// bundles: it ends the job.
func TestFailedBundle(t *testing.T) {
	path := rowsFile(t, "rows.csv", 3000)
	want := plain(t, "-input", path, "-label", "64")
	c, j, m := newTestJob(t, "-input", path, "-label", "64", "-output", t.TempDir(), "-workers", "2",
		"-part-bytes", "100000")
	whole := read(t, path)
	if err := os.Truncate(path, int64(len(whole))*3/4); err != nil {
		t.Fatal(err)
	}
	if _, err := runJob(context.Background(), j, m, c.workers, c.partBytes); err == nil {
		t.Fatal("a file has become shorter, but no bundle has failed")
	}
	if names, err := listResults(context.Background(), c.Output); err != nil || len(names) > 0 {
		t.Fatalf("the failed job has left %q (error %v)", names, err)
	}
	if err := os.WriteFile(path, whole, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := runJob(context.Background(), j, m, c.workers, c.partBytes); err != nil {
		t.Fatal(err)
	}
	readResults(t, c.Output).check(t, "run again", want)
}
