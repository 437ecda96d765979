package kernels

// shortRow is the largest number of columns for which sums over a row are made here: a call would take longer.
const shortRow = 12

// shortLanes are the elements of a short row, each a lane of its own, 0 in the others.
type shortLanes [16]float64

// sum adds up the lanes, of which the first n hold elements, by halves, as kernels do.
func (l *shortLanes) sum(n int) float64 {
	if n <= 4 {
		return (l[0] + l[2]) + (l[1] + l[3])
	}
	return (((l[0] + l[8]) + (l[4] + l[12])) + ((l[2] + l[10]) + (l[6] + l[14]))) +
		(((l[1] + l[9]) + (l[5] + l[13])) + ((l[3] + l[11]) + (l[7] + l[15])))
}
