package testkit

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/simmer-go/simmer/internal/testkit/ref"
)

const inputsFile = "internal/testkit/ref/testdata/inputs.txt"

// TestErrorTable compares the tables of worst errors in the package documentation and in the README with what
// trust/inputs wrote.
func TestErrorTable(t *testing.T) {
	list, err := ref.ReadMeasured(filepath.Join(root, inputsFile))
	if err != nil {
		t.Fatal(err)
	}
	var documentation, readme strings.Builder
	for i := 0; i < len(list); {
		name, worst := list[i].Name, map[string]string{}
		for ; i < len(list) && list[i].Name == name; i++ {
			worst[list[i].Type] = fmt.Sprintf("%.3f", list[i].ULP)
		}
		cell := func(kind string) string {
			if worst[kind] == "" {
				return "-"
			}
			return worst[kind]
		}
		fmt.Fprintf(&documentation, "//\t%-18s %8s %8s\n", name, cell("float32"), cell("float64"))
		fmt.Fprintf(&readme, "| `%s` | %s | %s |\n", name, cell("float32"), cell("float64"))
	}
	for file, want := range map[string]string{"kernels/doc.go": documentation.String(), "README.md": readme.String()} {
		if !strings.Contains(read(t, file), want) {
			t.Errorf("%s does not have the errors of %s, which are\n%s", file, inputsFile, want)
		}
	}
}
