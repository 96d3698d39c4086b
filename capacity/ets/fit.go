package ets

// Fit is a model with its parameters estimated from a series.
type Fit struct {
	Model      Model
	Parameters Parameters
	Initial    State // before the first observation
	Final      State // after the last: what forecasts start from

	LogLik float64 // logarithm of the likelihood, up to the constant that R leaves out too
	AIC    float64
	AICc   float64 // +Inf never: a fit with too few observations is an error
	BIC    float64
	Sigma2 float64 // variance of the errors (of the relative errors when they are multiplicative), with the degrees of freedom of the coefficients
	SSE    float64 // sum of the squared errors, in the same sense
	N      int     // observed values, masked ones not counted
}
