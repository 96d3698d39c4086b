package optimize

// direction writes the quasi-Newton direction of the free variables and gives
// the slope along it, which is negative.
func (w *Workspace) direction(n int) float64 {
	d := w.d
	any := false
	for i, g := range w.g {
		d[i] = -g
		if w.held[i] {
			d[i] = 0
			any = true
		}
	}
	if len(w.order) > 0 {
		// Two loops (Nocedal, 1980). With variables held, the pairs are read
		// on the free ones only, and those without curvature there are left out.
		scale := 0.0
		for k := len(w.order) - 1; k >= 0; k-- {
			j := w.order[k]
			s, y := w.pair(j, n)
			rho := w.rho[j]
			if any || scale == 0 {
				sy, yy := 0.0, 0.0
				for i := range s {
					if !w.held[i] {
						sy += float64(s[i] * y[i])
						yy += float64(y[i] * y[i])
					}
				}
				rho = 0
				if sy > 1e-12*yy {
					rho = 1 / sy
					if scale == 0 {
						scale = sy / yy
					}
				}
			}
			w.weight[j] = 0
			if rho == 0 {
				continue
			}
			a := float64(rho * dot(s, d))
			w.weight[j] = a
			for i := range d {
				d[i] -= float64(a * y[i])
			}
			if any {
				w.release(d)
			}
		}
		if scale > 0 {
			for i := range d {
				d[i] = float64(scale * d[i])
			}
		}
		for _, j := range w.order {
			s, y := w.pair(j, n)
			rho := w.rho[j]
			if any {
				sy, yy := 0.0, 0.0
				for i := range s {
					if !w.held[i] {
						sy += float64(s[i] * y[i])
						yy += float64(y[i] * y[i])
					}
				}
				rho = 0
				if sy > 1e-12*yy {
					rho = 1 / sy
				}
			}
			if rho == 0 {
				continue
			}
			b := w.weight[j] - float64(rho*dot(y, d))
			for i := range d {
				d[i] += float64(b * s[i])
			}
			if any {
				w.release(d)
			}
		}
	}
	slope := dot(w.g, d)
	if !(slope < 0) || !finite(slope) {
		w.order = w.order[:0]
		for i, g := range w.g {
			d[i] = -g
			if w.held[i] {
				d[i] = 0
			}
		}
		slope = dot(w.g, d)
	}
	return slope
}

// release takes the held variables out of a direction.
func (w *Workspace) release(d []float64) {
	for i, held := range w.held {
		if held {
			d[i] = 0
		}
	}
}

// remember stores the last step as a correction pair when it shows curvature.
func (w *Workspace) remember(x []float64, n, memory int) {
	slot := len(w.order)
	if slot == memory {
		slot = w.order[0]
	}
	s, y := w.pair(slot, n)
	sy, yy := 0.0, 0.0
	// A full memory loses its oldest pair even when the new one is refused:
	// the slot has been written.
	for i := range x {
		s[i] = w.trial[i] - x[i]
		y[i] = w.trialG[i] - w.g[i]
		sy += float64(s[i] * y[i])
		yy += float64(y[i] * y[i])
	}
	if len(w.order) == memory {
		copy(w.order, w.order[1:])
		w.order = w.order[:memory-1]
	}
	if !(sy > 1e-12*yy) || !finite(1/sy) {
		if len(w.order) == memory-1 {
			w.order = w.order[:0]
		}
		return
	}
	w.rho[slot] = 1 / sy
	w.order = append(w.order, slot)
}

func (w *Workspace) pair(j, n int) (s, y []float64) {
	at := 2 * n * j
	return w.pairs[at : at+n : at+n], w.pairs[at+n : at+2*n : at+2*n]
}
