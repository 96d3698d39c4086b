package release

import (
	"fmt"
	"slices"
	"time"

	"github.com/srekit/ownership/internal/prose"
	"github.com/srekit/ownership/internal/wire"
	"github.com/srekit/ownership/release/canary"
	"github.com/srekit/ownership/slo"
)

// obey does what an order says.
func (s *State) obey(o *Order, i int, out *[]Transition, p *problems) {
	path := place("orders", i)
	refuse := func(reason, remedy string) { p.Add("value", path, o.Kind.String(), reason, remedy) }
	if int(o.Kind) >= len(orderNames) {
		p.Add("name", path+".kind", o.Kind.String(), "no such order", "write "+prose.Or(orderNames[:]))
		return
	}
	if s.core.Phase.Ended() || s.core.Phase == Returning {
		if o.Kind != OrderAbort {
			refuse("the rollout is "+s.core.Phase.String(), "start another")
		}
		return
	}
	said := func() string { return "by " + o.By + ": " + o.Reason }
	if o.Kind != OrderAbort && (o.By == "" || o.Reason == "") {
		refuse("does not say who gives it and why", "fill by and reason")
		return
	}
	switch o.Kind {
	case OrderAbort:
		s.back(out, "order-abort", said())
	case OrderHold:
		if s.core.Phase == Held {
			s.core.ByExit = false
			return
		}
		s.leaveWait()
		s.core.ByExit, s.core.BeforeHold = false, s.core.Phase
		s.move(out, Held, "order-hold", said())
	case OrderResume:
		if s.core.Phase != Held {
			refuse("the rollout is not on hold", "leave it out")
			return
		}
		if !s.core.Now.After(s.core.Since) { // it was meant for a hold before this one
			refuse("the hold began at this very instant", "look at it first")
			return
		}
		s.resume(out, said())
	case OrderGoOn:
		if o.Stage != s.core.Stage || s.core.Stage < 0 || s.core.Phase == Gated || s.core.Phase == Moving || s.core.Phase == Held && (s.core.BeforeHold == Gated || s.core.BeforeHold == Moving) {
			refuse(fmt.Sprintf("it speaks of stage %d, and that is not being measured", o.Stage), "give the stage that State.Status tells")
			return
		}
		if s.core.Phase == Baking {
			if s.core.Acknowledged {
				return // sent twice
			}
			s.core.Acknowledged = true
			s.move(out, Baking, "order-go-on", said())
			s.leave(out)
			return
		}
		s.leaveWait()
		s.core.Acknowledged = true
		s.pass(out, "order-go-on", said())
	case OrderOpen, OrderClose:
		if !o.Until.After(s.core.Now) || !inRange(o.Until) {
			refuse("it ends before it begins", "give an until after now")
			return
		}
		s.core.Overrides = slices.DeleteFunc(s.core.Overrides, func(v slo.Override) bool { return !v.Until.After(s.core.Now) })
		v := slo.Override{Allow: o.Kind == OrderOpen, From: s.core.Now, Until: s.local(o.Until), By: o.By, Reason: o.Reason}
		if slices.ContainsFunc(s.core.Overrides, func(w slo.Override) bool {
			return w.Allow == v.Allow && w.Until.Equal(v.Until) && w.By == v.By && w.Reason == v.Reason
		}) {
			return // sent twice
		}
		if len(s.core.Overrides) >= 100 {
			refuse("there are a hundred in force", "let them end first")
			return
		}
		s.core.Overrides = append(s.core.Overrides, v)
		code := "order-open"
		if !v.Allow {
			code = "order-close"
		}
		s.move(out, s.core.Phase, code, "until "+prose.Second(v.Until)+" "+said())
	}
}

// resume ends a hold.
func (s *State) resume(out *[]Transition, text string) {
	held := wire.Seconds(s.core.Now.Sub(s.core.Since))
	to := s.core.BeforeHold
	switch to {
	case Pending, Gated, Moving:
	case Baking:
		// The bake begins anew: nobody promised to watch meanwhile.
	case WarmingUp:
		s.core.Entered = s.core.Entered.Add(time.Duration(held))
	default:
		s.core.Longer = plus(s.core.Longer, held)
		s.core.Later = plus(s.core.Later, held)
	}
	if s.core.ByExit {
		s.extend()
	}
	s.core.ByExit = false
	s.move(out, to, "order-resume", text)
}

// verdict is what the rollout comes to, in the words of package canary.
func (s State) verdict() canary.Verdict {
	switch {
	case s.core.Phase == Completed:
		return canary.Promote
	case s.core.Phase.Back():
		return canary.Rollback
	case s.core.Phase == Undecided || s.core.Phase == Held:
		return canary.Inconclusive
	}
	return canary.Continue
}
