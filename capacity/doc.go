// Package capacity forecasts load and says when it will not fit any more: it
// puts samples on a regular grid, forecasts them with honest intervals, and
// turns forecasts into saturation dates and headroom.
//
// Its opinion: a forecast without an interval is no forecast, and one that was
// never measured against the seasonal naive forecast (tomorrow is like today)
// deserves no trust, so Backtest always shows that one beside. Peaks matter more
// than means, so forecasts speak of the maximum over the horizon too. A missing
// measurement is unknown and never zero. Its limits: it forecasts one series at
// a time from its own past; it knows no causes, and only the calendar that the
// samples show.
//
// An error means that there is no answer: no samples, a step that cannot be
// told, numbers that are not finite. A Warning stands beside an answer that is
// valid but weak: a history shorter than two seasons, an interval without data
// to estimate it from.
//
//	gridded, err := capacity.Grid(ctx, samples, capacity.GridOptions{Step: time.Hour})
//	if err != nil { … }
//	naive := capacity.SeasonalNaive{Period: 24}
//	forecast, err := naive.Forecast(ctx, gridded.Series, 48)
//	if err != nil { … }
//	fmt.Println(forecast.Upper[0], forecast.Peak.Upper)
//
// Types are plain values without hidden state and may be used by several
// goroutines at once as long as nobody writes to them. Nothing here starts a
// goroutine, reads the clock or keeps what it is given.
package capacity
