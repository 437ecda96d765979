package main

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/apache/beam/sdks/v2/go/pkg/beam/io/filesystem"
)

// runMerge merges the partial results of all shards, in whatever order they are named. The folder of results is that of
// the shards.
func runMerge(ctx context.Context, output string, names []string) error {
	if len(names) == 0 {
		var err error
		if names, err = listPartials(ctx, output); err != nil {
			return err
		}
	}
	var merged shardFile
	seen := map[int]string{}
	for _, name := range names {
		file, err := readShard(ctx, name)
		if err != nil {
			return err
		}
		if len(seen) == 0 {
			merged = file
		} else if err := merged.mergeShard(file, name, names[0], seen[file.Shard]); err != nil {
			return err
		}
		seen[file.Shard] = name
	}
	for i := range merged.Of {
		if seen[i] == "" {
			return fmt.Errorf("shard %d/%d is missing", i, merged.Of)
		}
	}
	merged.Options.Output = output
	return merged.finish(ctx, job{merged.Options, merged.Files, merged.Fingerprint, merged.Classes})
}

func listPartials(ctx context.Context, output string) ([]string, error) {
	fs, err := filesystem.New(ctx, output)
	if err != nil {
		return nil, err
	}
	defer fs.Close()
	names, err := fs.List(ctx, output+"/partial-*.json")
	if err == nil && len(names) == 0 {
		err = fmt.Errorf("-merge: %s has no partial results", output)
	}
	return names, err
}

func readShard(ctx context.Context, name string) (file shardFile, err error) {
	fs, err := filesystem.New(ctx, name)
	if err != nil {
		return shardFile{}, err
	}
	defer fs.Close()
	text, err := filesystem.Read(ctx, fs, name)
	if err != nil {
		return shardFile{}, err
	}
	if err := json.Unmarshal(text, &file); err != nil {
		return shardFile{}, fmt.Errorf("%s: %w", name, err)
	}
	switch {
	case file.Version != shardVersion:
		return shardFile{}, fmt.Errorf("%s has version %d, want %d", name, file.Version, shardVersion)
	case file.Of < 1 || file.Shard < 0 || file.Shard >= file.Of:
		return shardFile{}, fmt.Errorf("%s is shard %d/%d", name, file.Shard, file.Of)
	}
	return file, nil
}

// mergeShard adds a shard. The first one and the one before with the same number are named in errors.
func (s *shardFile) mergeShard(file shardFile, name, first, same string) error {
	switch {
	case file.Of != s.Of:
		return fmt.Errorf("%s is of %d shards, %s of %d", name, file.Of, first, s.Of)
	case file.Fingerprint != s.Fingerprint:
		return fmt.Errorf("%s is of another model, input or other options than %s", name, first)
	case same != "":
		return fmt.Errorf("%s and %s are both shard %d/%d", same, name, file.Shard, file.Of)
	}
	if err := s.merge(file.partial); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}
