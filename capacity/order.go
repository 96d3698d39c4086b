package capacity

import "time"

// Order is by when something has to be ordered so that it is there in time.
type Order struct {
	// By is the latest instant to order: NeededAt less the lead time. It may be in the past.
	By time.Time `json:"by"`
	// NeededAt is the beginning of the first step by which the limit has been reached with
	// probability Risk.
	NeededAt time.Time `json:"needed_at"`
	// Risk is the probability, in (0, 1], that the limit is reached before what is ordered by then
	// arrives.
	Risk float64 `json:"risk"`
}

// Order says by when to order what takes the lead time to arrive, if a risk of running out
// before is accepted: 0.05 is careful, 0.5 is the toss of a coin. ok is false if the
// limit is not reached with that probability within the horizon: then nothing has to be ordered before
// End() less the lead time. Errors: a risk outside (0, 1], a negative lead time.
func (s Saturation) Order(risk float64, lead time.Duration) (o Order, ok bool, err error) {
	var p problems
	if !(risk > 0 && risk <= 1) {
		p.add("risk", number(risk), "not within 0 to 1", "write 0.05 for 5 %")
	}
	if lead < 0 {
		p.add("lead", lead.String(), "a negative time", "write 0 or more")
	}
	if err := p.err(); err != nil {
		return Order{}, false, err
	}
	i := s.quantileStep(risk)
	if i < 0 {
		return Order{}, false, nil
	}
	at := s.Start.Add(time.Duration(i) * s.Step)
	return Order{By: at.Add(-lead), NeededAt: at, Risk: risk}, true, nil
}
