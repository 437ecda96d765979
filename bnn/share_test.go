package bnn

import "testing"

// TestShare wants parts that cover all rows, none of them empty, for any number of workers.
func TestShare(t *testing.T) {
	for rows := 1; rows < 2000; rows++ {
		for workers := -1; workers <= 130; workers++ {
			parts, size := share(rows, workers)
			if parts < 1 || parts > max(1, workers) || (parts-1)*size >= rows || parts*size < rows {
				t.Fatalf("share(%d, %d) = %d parts of %d", rows, workers, parts, size)
			}
		}
	}
}
