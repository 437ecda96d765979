package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/apache/beam/sdks/v2/go/pkg/beam/io/filesystem"
)

// inputFile is a file of rows as it was when the work began.
type inputFile struct {
	Name string
	Size int64 // bytes
}

// part is the rows that begin in the bytes From ≤ offset < To of a file.
type part struct {
	File     inputFile
	Index    int // of the file
	From, To int64
}

// listInput returns the files that match a pattern, sorted by name.
func listInput(ctx context.Context, pattern string) ([]inputFile, error) {
	fs, err := filesystem.New(ctx, pattern)
	if err != nil {
		return nil, err
	}
	defer fs.Close()
	names, err := fs.List(ctx, pattern)
	if err != nil {
		return nil, fmt.Errorf("-input %s: %w", pattern, err)
	}
	slices.Sort(names)
	var files []inputFile
	var bytes int64
	for _, name := range names {
		size, err := fs.Size(ctx, name)
		if err != nil {
			return nil, err
		}
		files = append(files, inputFile{name, size})
		bytes += size
	}
	if bytes == 0 {
		return nil, fmt.Errorf("-input %s: there is nothing in the %d files that match", pattern, len(files))
	}
	return files, nil
}

// cut returns share i of n: the bytes from T·i/n up to T·(i+1)/n of all T bytes of the files, one after the other. A row
// is part of the share in which it begins, so that the shares have every row once.
func cut(files []inputFile, i, n int) []part {
	var total int64
	for _, f := range files {
		total += f.Size
	}
	from, to := share(total, i, n), share(total, i+1, n)
	var parts []part
	var begin int64 // of the file
	for index, f := range files {
		p := part{File: f, Index: index, From: max(from-begin, 0), To: min(to-begin, f.Size)}
		if p.From < p.To {
			parts = append(parts, p)
		}
		begin += f.Size
	}
	return parts
}

// share is ⌊total·i/n⌋, without the overflow of the product.
func share(total int64, i, n int) int64 {
	return total/int64(n)*int64(i) + total%int64(n)*int64(i)/int64(n)
}

// openAt opens a file from an offset on.
func openAt(ctx context.Context, name string, offset int64) (io.ReadCloser, error) {
	fs, err := filesystem.New(ctx, name)
	if err != nil {
		return nil, err
	}
	f, err := fs.OpenRead(ctx, name)
	if err != nil {
		return nil, errors.Join(err, fs.Close())
	}
	file := &openFile{f, fs}
	if s, ok := f.(io.Seeker); ok {
		_, err = s.Seek(offset, io.SeekStart)
	} else {
		_, err = io.CopyN(io.Discard, f, offset)
		if err == io.EOF {
			err = nil // as if it had been sought; to read there says it again
		}
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%s: offset %d: %w", name, offset, err), file.Close())
	}
	return file, nil
}

// openFile closes the file system with the file.
type openFile struct {
	io.ReadCloser
	fs filesystem.Interface
}

func (f *openFile) Close() error { return errors.Join(f.ReadCloser.Close(), f.fs.Close()) }
