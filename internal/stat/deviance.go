package stat

// deviance returns D(x, m) = x·ln(x/m) + m − x ≥ 0 for x ≥ 0 and m > 0, given d = x − m to
// full relative precision (Loader 2000 calls it bd0). With the exact d its relative error
// is a few units in the last place, so that e⁻ᴰ stays right down to the smallest doubles
// however large x and m are.
func deviance(x, m, d float64) float64 {
	// With v = d/(x+m): ln(x/m) = 2·atanh v, so D = d·v + 2x·(v³/3 + v⁵/5 + …).
	v := d / (x + m)
	if v > 0.4 || v < -0.4 {
		if x == 0 {
			return m
		}
		return x*ln(x/m) - d
	}
	w := v * v
	var s float64
	switch {
	case w < 1e-6:
		s = w * (odd[0] + w*(odd[1]+w*odd[2]))
	case w < 1e-3:
		s = w * (odd[0] + w*(odd[1]+w*(odd[2]+w*(odd[3]+w*(odd[4]+w*odd[5])))))
	default:
		k := 9
		if w > 0.01 {
			k = len(odd) - 1
		}
		for ; k >= 0; k-- {
			s = w * (odd[k] + s)
		}
	}
	return d*v + 2*x*v*s
}

// odd holds 1/3, 1/5, 1/7, …
var odd = [...]float64{
	1.0 / 3, 1.0 / 5, 1.0 / 7, 1.0 / 9, 1.0 / 11, 1.0 / 13, 1.0 / 15, 1.0 / 17, 1.0 / 19, 1.0 / 21,
	1.0 / 23, 1.0 / 25, 1.0 / 27, 1.0 / 29, 1.0 / 31, 1.0 / 33, 1.0 / 35, 1.0 / 37, 1.0 / 39,
}

// betaDeviance returns D = a·ln(a/(nx)) + b·ln(b/(ny)) with n = a + b and y = 1 − x, of
// which the smaller must be precise, and λ = a − nx, how far x lies below the mean a/n. At
// large a and b, D is half the square of a normal score.
func betaDeviance(a, b, x, y float64) (d, lambda float64) {
	n := twoSum(a, b)
	if x <= 0.5 {
		lambda = lessProduct(a, n, x)
	} else {
		lambda = -lessProduct(b, n, y)
	}
	return cellDeviance(a, n.hi, x, lambda) + cellDeviance(b, n.hi, y, -lambda), lambda
}

// cellDeviance is deviance(a, n·x, d) for x down to the smallest double.
func cellDeviance(a, n, x, d float64) float64 {
	if x < 1e-280 {
		return a*(ln(a/n)-ln(x)) - d
	}
	return deviance(a, n*x, d)
}

// tableDeviance returns Σ O·ln(O/E) over the cells of the table
//
//	a  b
//	c  d
//
// with E the product of the cell's margins over the total: half the likelihood-ratio
// statistic of independence. In all four cells O − E is the same number but for its sign,
// (ad − bc)/(a+b+c+d).
func tableDeviance(a, b, c, d float64) float64 {
	n := a + b + c + d
	e := determinant(a, b, c, d) / n
	return deviance(a, (a+b)/n*(a+c), e) + deviance(b, (a+b)/n*(b+d), -e) +
		deviance(c, (c+d)/n*(a+c), -e) + deviance(d, (c+d)/n*(b+d), e)
}
