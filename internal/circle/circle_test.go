package circle

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestGroups(t *testing.T) {
	for _, c := range []struct {
		name   string
		edges  [][]int
		groups int
		circle []int // through node 0
	}{
		{"nothing", nil, 0, nil},
		{"alone", [][]int{{}}, 1, nil},
		{"itself", [][]int{{0}}, 1, []int{0}},
		{"chain", [][]int{{1}, {2}, {}}, 3, nil},
		{"circle", [][]int{{1}, {2}, {0}}, 1, []int{0, 1, 2}},
		{"the shorter of two", [][]int{{1, 3}, {2}, {0}, {0}}, 1, []int{0, 3}},
		{"beside it", [][]int{{1}, {2}, {1}}, 2, nil},
	} {
		group, members := Groups(c.edges)
		if len(members) != c.groups {
			t.Errorf("%s: %d groups, want %d", c.name, len(members), c.groups)
		}
		if len(c.edges) == 0 {
			continue
		}
		if got := Shortest(c.edges, group, 0); !slices.Equal(got, c.circle) {
			t.Errorf("%s: circle %v, want %v", c.name, got, c.circle)
		}
	}
}

// Two nodes are in one group exactly if each reaches the other, and what is
// reached has a lower number.
func TestGroupsAreMutuallyReachable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 9).Draw(t, "n")
		edges := make([][]int, n)
		var reach [9][9]bool
		for i := range edges {
			edges[i] = rapid.SliceOfN(rapid.IntRange(0, n-1), 0, 3).Draw(t, "edges")
			reach[i][i] = true
			for _, j := range edges[i] {
				reach[i][j] = true
			}
		}
		for k := range n {
			for i := range n {
				for j := range n {
					reach[i][j] = reach[i][j] || reach[i][k] && reach[k][j]
				}
			}
		}
		group, members := Groups(edges)
		for i := range n {
			if !slices.Contains(members[group[i]], i) {
				t.Fatalf("node %d is not among the members of its group", i)
			}
			for j := range n {
				if (group[i] == group[j]) != (reach[i][j] && reach[j][i]) {
					t.Fatalf("nodes %d and %d: groups %d and %d, reach %v and %v", i, j, group[i], group[j], reach[i][j], reach[j][i])
				}
				if reach[i][j] && group[j] > group[i] {
					t.Fatalf("%d reaches %d, whose group is higher", i, j)
				}
			}
		}
	})
}

func TestLongChain(t *testing.T) {
	edges := make([][]int, 1_000_000)
	for i := range edges {
		edges[i] = []int{(i + 1) % len(edges)}
	}
	if _, members := Groups(edges); len(members) != 1 {
		t.Errorf("%d groups, want 1", len(members))
	}
}
