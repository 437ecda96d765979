package main

import (
	"fmt"
	"path/filepath"
	"regexp"

	"github.com/simmer-go/simmer/internal/testkit/catalog"
	"github.com/simmer-go/simmer/internal/testkit/ref"
)

// regions prints the errors of all regions, or writes them in the place of those that the folder has.
func regions(pattern *regexp.Regexp, folder string, write bool) error {
	lines := map[string][]string{}
	for _, g := range ref.Regions() {
		if !pattern.MatchString(g.Name) {
			continue
		}
		k32, k64 := catalog.Find[float32](g.Name), catalog.Find[float64](g.Name)
		for _, t := range []ref.Typical{
			g.Measure("float32", func(a []float64) float64 { return float64(k32.Element(a)) }),
			g.Measure("float64", k64.Element),
		} {
			fmt.Println(t)
			key := t.Name + " " + t.Type + " "
			lines[key] = append(lines[key], t.String())
		}
	}
	if !write {
		return nil
	}
	for prefix, list := range lines {
		if err := replace(filepath.Join(folder, "regions.txt"), prefix, list); err != nil {
			return err
		}
	}
	return nil
}
