package main

import (
	"fmt"
	"io"
	"time"
)

// progress prints how far a run is, at most twice a second.
type progress struct {
	to    io.Writer
	name  string
	start time.Time
	last  time.Time
}

func newProgress(to io.Writer, name string) *progress {
	now := time.Now()
	return &progress{to, name, now, now}
}

func (p *progress) at(done, all uint64) {
	now := time.Now()
	if now.Sub(p.last) < time.Second/2 && done < all {
		return
	}
	p.last = now
	left := time.Duration(float64(now.Sub(p.start)) * float64(all-done) / float64(done))
	fmt.Fprintf(p.to, "\r%-28s %3d %%, %v left   ", p.name, 100*done/all, left.Round(time.Second))
	if done >= all {
		fmt.Fprint(p.to, "\r\x1b[K")
	}
}
