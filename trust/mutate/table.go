package main

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"strings"
)

//go:embed faults/*.txt
var tables embed.FS

// Fault is a mistake that a careless change could make, and that a test must notice.
type Fault struct {
	Name, Why string
	Edits     []Edit
	// Tests are arguments of go test, each for a run that is likely to notice; those of the folders follow.
	Tests []string
	// Keep says that the assembly stays as it is, since no constant that it takes from package fallback changes.
	Keep bool

	where string // its line, for messages
}

// Edit puts New where Old is, which the file must hold exactly once.
type Edit struct{ File, Old, New string }

// faults reads all tables. A record is several lines, and an empty one ends it:
//
//	fault: NAME
//	why: what goes wrong
//	tests: -run TestName ./folder
//	assembly: kept
//	file: fallback/exp.go
//	- the old text
//	+ the new text
//
// Lines with - are the old text and those with + the new one, which may be parts of lines; together they are an edit of the
// file named last. There may be several edits, files and lines of tests. Lines that begin with # are comments.
func faults() (list []Fault, err error) {
	names, err := fs.Glob(tables, "faults/*.txt")
	if err != nil {
		return nil, err
	}
	seen := map[string]string{}
	for _, name := range names {
		text, err := tables.ReadFile(name)
		if err != nil {
			return nil, err
		}
		found, err := parse(path.Base(name), string(text))
		if err != nil {
			return nil, err
		}
		for _, f := range found {
			if other, ok := seen[f.Name]; ok {
				return nil, fmt.Errorf("%s: %s is at %s already", f.where, f.Name, other)
			}
			seen[f.Name] = f.where
		}
		list = append(list, found...)
	}
	return list, nil
}

// parser is what parse has read of a table.
type parser struct {
	list []Fault
	file string
	last byte // the mark of the line before: - or +
}

func parse(name, text string) ([]Fault, error) {
	var p parser
	for i, line := range strings.Split(text, "\n") {
		if err := p.line(line, fmt.Sprintf("%s:%d", name, i+1)); err != nil {
			return nil, fmt.Errorf("%s:%d: %w", name, i+1, err)
		}
	}
	for _, f := range p.list {
		switch {
		case f.Name == "" || f.Why == "" || len(f.Edits) == 0:
			return nil, fmt.Errorf("%s: name, reason or edits are missing", f.where)
		case strings.ContainsFunc(f.Name, func(r rune) bool { return r != '-' && (r < 'a' || r > 'z') && (r < '0' || r > '9') }):
			return nil, fmt.Errorf("%s: the name %q: only a to z, 0 to 9 and -", f.where, f.Name)
		}
		for _, e := range f.Edits {
			if e.Old == "" || e.Old == e.New {
				return nil, fmt.Errorf("%s: nothing is replaced in %s", f.where, e.File)
			}
		}
	}
	return p.list, nil
}

// line reads one line, at a place for messages.
func (p *parser) line(line, where string) error {
	if strings.TrimSpace(line) == "" || strings.HasPrefix(line, "#") {
		p.last = 0
		return nil
	}
	if name, ok := strings.CutPrefix(line, "fault: "); ok {
		p.list, p.file, p.last = append(p.list, Fault{Name: name, where: where}), "", 0
		return nil
	}
	if len(p.list) == 0 {
		return fmt.Errorf("%q stands before the first fault", line)
	}
	f := &p.list[len(p.list)-1]
	if line[0] == '-' || line[0] == '+' {
		return p.edit(f, line[0], strings.TrimPrefix(line[1:], " "))
	}
	p.last = 0
	key, value, _ := strings.Cut(line, ": ")
	switch {
	case key == "why" && f.Why == "":
		f.Why = value
	case key == "tests":
		f.Tests = append(f.Tests, value)
	case line == "assembly: kept":
		f.Keep = true
	case key == "file":
		p.file = value
	default:
		return fmt.Errorf("%q is not understood", line)
	}
	return nil
}

// edit adds a line of old or new text.
func (p *parser) edit(f *Fault, mark byte, text string) error {
	if p.file == "" {
		return fmt.Errorf("no file is named before %q", text)
	}
	if p.last == 0 || p.last == '+' && mark == '-' {
		if mark == '+' {
			return fmt.Errorf("%q replaces nothing", text)
		}
		f.Edits = append(f.Edits, Edit{File: p.file})
	}
	e := &f.Edits[len(f.Edits)-1]
	if to := &e.Old; mark == '-' {
		*to = join(*to, text, p.last == mark)
	} else {
		e.New = join(e.New, text, p.last == mark)
	}
	p.last = mark
	return nil
}

// join adds a line behind others, if there are.
func join(text, line string, more bool) string {
	if !more {
		return line
	}
	return text + "\n" + line
}

// apply returns the text of a file with the edit made.
func (e Edit) apply(text string) (string, error) {
	if n := strings.Count(text, e.Old); n != 1 {
		return "", fmt.Errorf("%s has %q %d times, want once", e.File, e.Old, n)
	}
	return strings.Replace(text, e.Old, e.New, 1), nil
}

// apply makes all edits of the fault, in texts that read returns, and returns the files that change.
func (f *Fault) apply(read func(file string) (string, error)) (map[string]string, error) {
	changed := map[string]string{}
	for _, e := range f.Edits {
		text, ok := changed[e.File]
		if !ok {
			var err error
			if text, err = read(e.File); err != nil {
				return nil, fmt.Errorf("%s: %s: %w", f.where, f.Name, err)
			}
		}
		text, err := e.apply(text)
		if err != nil {
			return nil, fmt.Errorf("%s: %s: %w", f.where, f.Name, err)
		}
		changed[e.File] = text
	}
	return changed, nil
}

// regenerates says that the assembly depends on a file of the fault.
func (f *Fault) regenerates() bool {
	for _, e := range f.Edits {
		if strings.HasPrefix(e.File, "asm/") || strings.HasPrefix(e.File, "fallback/") {
			return !f.Keep
		}
	}
	return false
}
