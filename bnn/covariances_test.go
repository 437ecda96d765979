package bnn_test

import "github.com/simmer-go/simmer/bnn"

// The covariances that the tests run through; a new one belongs into both lists.

// covariances are all structures, at ranks from 1 to full and beyond.
func covariances() []bnn.Covariance {
	all := []bnn.Covariance{bnn.Diagonal{}, bnn.Factorized{}, bnn.LowRank{Rank: 1}, bnn.LowRank{Rank: 2},
		bnn.LowRank{Rank: 5},
		bnn.LowRank{Rank: 99}}
	for _, layout := range []bnn.KroneckerLayout{bnn.Kron, bnn.Sampled} {
		for _, ranks := range [][2]int{{0, 0}, {1, 1}, {2, 1}, {1, 2}, {2, 3}, {5, 4}, {6, 7}} {
			all = append(all, bnn.Kronecker{InputRank: ranks[0], OutputRank: ranks[1], Layout: layout})
		}
	}
	return all
}

// covarianceKinds have one of each structure, none included.
func covarianceKinds() []bnn.Covariance {
	return []bnn.Covariance{nil, bnn.Diagonal{}, bnn.Factorized{}, bnn.LowRank{Rank: 2},
		bnn.Kronecker{InputRank: 2, OutputRank: 3}, bnn.Kronecker{InputRank: 2, OutputRank: 3, Layout: bnn.Sampled},
		bnn.Kronecker{InputRank: 2, Layout: bnn.Sampled}, bnn.Kronecker{InputRank: 9, OutputRank: 4, Layout: bnn.Sampled}}
}
