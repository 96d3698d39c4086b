package chart

import "math"

// positions returns a coordinate for every vertex across the layers, so that
// neighbours in a layer keep their distance and edges run straight where they
// can. breadth is the size of each vertex in that direction, gap the least space
// between two; limit bounds the whole (infinite: no bound) if the widest layer
// allows.
//
// Sweeps move each layer to the weighted mean of its neighbours in the layer
// before or after: the least-squares solution under the distances, which is an
// isotonic regression (pool adjacent violators) after the distances are taken
// off. Links between bends weigh most, so that long edges are straight.
func (r *rows) positions(breadth []float64, gap, limit float64) []float64 {
	x := make([]float64, len(r.layer))
	widest := 0.0
	for _, o := range r.order {
		at := 0.0
		for i, v := range o {
			if i > 0 {
				at += (breadth[o[i-1]]+breadth[v])/2 + gap
			}
			x[v] = at
		}
		if len(o) > 0 {
			w := at + breadth[o[0]]/2 + breadth[o[len(o)-1]]/2
			widest = math.Max(widest, w)
			for _, v := range o { // centre the layers on one another
				x[v] += -at / 2
			}
		}
	}
	limit = math.Max(limit, widest)
	weight := func(v, w int) float64 {
		switch {
		case v >= r.n && w >= r.n:
			return 8
		case v >= r.n || w >= r.n:
			return 2
		}
		return 1
	}
	layer := func(o []int, sides ...[][]int) {
		want, force := make([]float64, len(o)), make([]float64, len(o))
		for i, v := range o {
			sum, total := 0.0, 0.0
			for _, s := range sides {
				for _, w := range s[v] {
					k := weight(v, w)
					sum += k * x[w]
					total += k
				}
			}
			want[i], force[i] = x[v], 0.01
			if total > 0 {
				want[i], force[i] = sum/total, total
			}
		}
		r.regress(x, o, want, force, breadth, gap, limit)
	}
	rounds := 12
	if len(x) > 1000 {
		rounds = 8
	}
	for i := 0; i < rounds; i++ {
		for k := 1; k < len(r.order); k++ {
			layer(r.order[k], r.up)
		}
		for k := len(r.order) - 2; k >= 0; k-- {
			layer(r.order[k], r.down)
		}
		for k := range r.order {
			layer(r.order[k], r.up, r.down)
		}
	}
	return x
}

// regress moves the vertices of a layer as near to want as distances and the
// limit (centred on zero) allow.
func (r *rows) regress(x []float64, o []int, want, force, breadth []float64, gap, limit float64) {
	if len(o) == 0 {
		return
	}
	type block struct {
		mean, weight float64
		n            int
	}
	offset := make([]float64, len(o))
	var blocks []block
	for i := range o {
		if i > 0 {
			offset[i] = offset[i-1] + (breadth[o[i-1]]+breadth[o[i]])/2 + gap
		}
		b := block{want[i] - offset[i], force[i], 1}
		for len(blocks) > 0 && blocks[len(blocks)-1].mean >= b.mean {
			a := blocks[len(blocks)-1]
			blocks = blocks[:len(blocks)-1]
			w := a.weight + b.weight
			b = block{(a.mean*a.weight + b.mean*b.weight) / w, w, a.n + b.n}
		}
		blocks = append(blocks, b)
	}
	low := -limit/2 + breadth[o[0]]/2
	high := limit/2 - breadth[o[len(o)-1]]/2 - offset[len(o)-1]
	i := 0
	for _, b := range blocks {
		at := math.Max(math.Min(b.mean, high), low)
		for k := 0; k < b.n; k++ {
			x[o[i]] = at + offset[i]
			i++
		}
	}
}
