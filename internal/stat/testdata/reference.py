"""Writes high_precision.json: reference values of the beta, gamma, normal and Student t
distributions by quadrature of their densities in mpmath 1.3 with 50 digits, a method that
shares nothing with the package. Every argument is a double, taken exactly. Usage:

    python3 reference.py > high_precision.json
"""
import json
import random

from mpmath import erfc, exp, expm1, log, log1p, loggamma, mp, mpf, quad, sqrt

mp.dps = 50
rnd = random.Random(20240607)


def tail(g):
    """ln of the integral over s >= 0 of exp(g(s)), g concave and decreasing."""
    g0, end = g(mpf(0)), mpf(1)
    while g(end) - g0 > -120:
        end *= 2
    while g(end / 2) - g0 < -120:
        end /= 2
    points = [mpf(0)] + [end * mpf(2) ** (-j) for j in range(24, -1, -1)]
    return g0 + log(quad(lambda s: exp(g(s) - g0), points, maxdegree=7, method='gauss-legendre'))


def other(l):
    return log1p(-exp(l)) if l < -1 else log(-expm1(l))


def beta_tails(a, b, x, y):
    """Logarithms of both tails at x = 1 - y, integrating over ln(x/(1-x)) away from the mean."""
    logb = loggamma(a) + loggamma(b) - loggamma(a + b)
    theta = log(x) - log(y)

    def g(t):
        l = log1p(exp(-abs(t)))
        return (a * (t - l) - b * l if t <= 0 else -a * l - b * (t + l)) - logb
    if a * y >= b * x:
        lower = tail(lambda s: g(theta - s))
        return lower, other(lower)
    upper = tail(lambda s: g(theta + s))
    return other(upper), upper


def beta(a, b, x):
    return beta_tails(mpf(a), mpf(b), mpf(x), 1 - mpf(x))


def gamma(a, x):
    a, x = mpf(a), mpf(x)
    logg, theta = loggamma(a), log(x)
    g = lambda t: a * t - exp(t) - logg
    if x <= a:
        lower = tail(lambda s: g(theta - s))
        return lower, other(lower)
    upper = tail(lambda s: g(theta + s))
    return other(upper), upper


def normal(z):
    upper = log(erfc(mpf(z) / sqrt(mpf(2))) / 2) if z >= 0 else None
    if upper is None:
        lower = normal(-z)[1]
        return lower, other(lower)
    return other(upper), upper


def student(nu, t):
    nu, t = mpf(nu), mpf(t)
    x, y = nu / (nu + t * t), t * t / (nu + t * t)
    upper = beta_tails(nu / 2, mpf(1) / 2, x, y)[0] - log(mpf(2))
    return (other(upper), upper) if t >= 0 else (upper, other(upper))


def solve(f, l, t):
    """The t with f(t) = l, from close by, by the secant method."""
    t0, t1 = mpf(t), mpf(t) + mpf(10) ** -6
    f0, f1 = f(t0) - l, f(t1) - l
    for _ in range(60):
        if f1 == f0 or abs(t1 - t0) < mpf(10) ** -30:
            break
        t0, t1, f0 = t1, t1 - f1 * (t1 - t0) / (f1 - f0), f1
        f1 = f(t1) - l
    return t1


def logistic(t):
    return 1 / (1 + exp(-t)), 1 / (1 + exp(t))


def points():
    grid = [0.5, 1, 2, 10, 1e2, 1e3, 1e4, 1e6, 1e8, 1e10, 1e12]
    for i, a in enumerate(grid):
        for b in grid[i:]:
            if rnd.random() < .5:
                a, b = b, a
            n = mpf(a) + b
            mean, sd = a / n, sqrt(mpf(a) * b / n ** 2 / (n + 1))
            for z in [0, .3, -.7, 1.5, -2.5, 3.5, -5, 9, -12, 20, -30, 37]:
                yield a, b, float(mean + z * sd)
            yield a, b, float(mean * mpf('1e-6'))
            yield a, b, float(1 - (1 - mean) * mpf('1e-3'))
    for i in range(400):
        a, b = 10 ** rnd.uniform(-1, 12), 10 ** rnd.uniform(-1, 12)
        if i % 3 == 0:
            a = 10 ** rnd.uniform(-3, 1)
        if i % 4 == 0:
            a = 10 ** rnd.uniform(1, 2.5)
        n = mpf(a) + b
        mean, sd = a / n, sqrt(mpf(a) * b / n ** 2 / (n + 1))
        x = float(mean + rnd.gauss(0, 3) * sd)
        yield a, b, x if 0 < x < 1 else float(mean * rnd.random())


def row(*v):
    return [float(x) for x in v]


out = {k: [] for k in ['beta', 'gamma', 'normal', 'student', 'beta_quantile', 'gamma_quantile']}
for a, b, x in points():
    if 0 < x < 1:
        out['beta'].append(row(a, b, x, *beta(a, b, x)))
for a in [1e-3, 0.1, 0.5, 1, 2, 3.7, 10, 29.5, 30, 55, 1e2, 1e3, 12345.5, 1e6, 1e8, 1e10, 1e12]:
    for x in [float(a + z * sqrt(mpf(a))) for z in [0, .1, -.3, .7, -1.1, 2, -3, 4.2, -6, 9, -15, 25, 37]] + [a * 1e-3, a * 1e-100, a * 5.0]:
        if x > 0:
            out['gamma'].append(row(a, x, *gamma(a, x)))
for z in [0, 1e-300, 1e-9, .1, .5, .67, 1, 1.5, 1.96, 2.4, 2.99, 3, 3.01, 4, 5, 6, 8, 10, 15, 20, 25, 30, 37, 37.6, 38.6, 50, 1e2, 1e4, 1e8]:
    for z in [z, -z]:
        out['normal'].append(row(z, *normal(z)))
for nu in [0.1, 0.5, 1, 2, 2.5, 4, 7.3, 10, 30, 100, 1e3, 12345.6, 1e6, 1e10, 1e15]:
    for t in [1e-12, 1e-3, .1, .7, -1, 1.96, -3, 5, -10, 20, 100, -1e6, 1e50, 1e120]:
        out['student'].append(row(nu, t, *student(nu, t)))
for i in range(120):
    a, b = 10 ** rnd.uniform(-.5, 10), 10 ** rnd.uniform(-.5, 12)
    if i % 3 == 0:
        a, b = float(rnd.randrange(1, 40)), float(10 ** rnd.randrange(1, 13))
    mean = a / (a + b)
    x = mean * (1 + rnd.gauss(0, 3) / a ** .5) if a < b else mean * rnd.random() ** (1 / a)
    if not 0 < x < 1:
        continue
    l = float(beta(a, b, x)[0])
    theta = solve(lambda t: beta_tails(mpf(a), mpf(b), *logistic(t))[0], mpf(l), log(mpf(x)) - log1p(-mpf(x)))
    out['beta_quantile'].append(row(a, b, l, logistic(theta)[0]))
for i in range(60):
    a = 10 ** rnd.uniform(-.5, 12)
    x = a * (1 + rnd.gauss(0, 3) / a ** .5)
    if x <= 0:
        continue
    l = float(gamma(a, x)[0])
    out['gamma_quantile'].append(row(a, l, exp(solve(lambda t: gamma(a, exp(t))[0], mpf(l), log(mpf(x))))))


def choose(n, k):
    n, k = mpf(n), mpf(k)
    return loggamma(n + 1) - loggamma(k + 1) - loggamma(n - k + 1)


def near(mean, sd, low, high):
    return int(min(high, max(low, round(float(mean + rnd.gauss(0, 6) * sd)))))


for name in ['binomial_pmf', 'poisson_pmf', 'hypergeometric_pmf', 'beta_binomial_pmf']:
    out[name] = []
for i in range(60):
    n, p = int(10 ** rnd.uniform(1, 12)), rnd.random() ** rnd.choice([1, 8])
    k = near(n * p, (n * p * (1 - p)) ** .5, 0, n)
    out['binomial_pmf'].append(row(k, n, p, choose(n, k) + k * log(mpf(p)) + (n - k) * log1p(-mpf(p))))
    mu = 10 ** rnd.uniform(-2, 12)
    k = near(mu, mu ** .5, 0, 1e13)
    out['poisson_pmf'].append(row(k, mu, k * log(mpf(mu)) - mu - loggamma(mpf(k) + 1)))
    total = int(10 ** rnd.uniform(1, 12))
    marked, draws = int(total * rnd.random() ** rnd.choice([1, 8])), int(total * rnd.random() ** rnd.choice([1, 4]))
    share = marked / total
    k = near(draws * share, (draws * share * (1 - share) * (1 - draws / total)) ** .5, max(0, draws + marked - total), min(draws, marked))
    out['hypergeometric_pmf'].append(row(k, draws, marked, total,
                                         choose(marked, k) + choose(total - marked, draws - k) - choose(total, draws)))
    a, b = 10 ** rnd.uniform(-1, 10), 10 ** rnd.uniform(-1, 10)
    p = a / (a + b)
    k = near(n * p, (n * p * (1 - p) * (a + b + n) / (a + b + 1)) ** .5, 0, n)
    A, B = mpf(a), mpf(b)
    out['beta_binomial_pmf'].append(row(k, n, a, b, choose(n, k) + loggamma(A + k) + loggamma(B + n - k) - loggamma(A + B + n)
                                        + loggamma(A + B) - loggamma(A) - loggamma(B)))


def score(x1, n1, x2, n2, delta):
    """Miettinen and Nurminen's statistic, the constrained estimate by bisection."""
    x1, n1, x2, n2, delta = (mpf(v) for v in (x1, n1, x2, n2, delta))
    low, high = max(mpf(0), -delta), min(mpf(1), 1 - delta)
    term = lambda x, q: x / q if x else mpf(0)
    for _ in range(220):
        p = (low + high) / 2
        if term(x1, p + delta) - term(n1 - x1, 1 - p - delta) + term(x2, p) - term(n2 - x2, 1 - p) > 0:
            low = p
        else:
            high = p
    q = p + delta
    v = (q * (1 - q) / n1 + p * (1 - p) / n2) * (n1 + n2) / (n1 + n2 - 1)
    return (x1 / n1 - x2 / n2 - delta) / sqrt(v)


out['score'] = []
for i in range(80):
    n1, n2 = int(10 ** rnd.uniform(.5, 11)), int(10 ** rnd.uniform(.5, 11))
    x1, x2 = min(n1, int(n1 * rnd.random() ** 12)), min(n2, int(n2 * rnd.random() ** 12))
    if i % 3 == 0:
        x1, x2 = min(n1, rnd.randrange(9)), min(n2, rnd.randrange(9))
    if i % 5 == 0:
        x1, x2 = n1 - x1, n2 - x2
    scale = (max(x1 * (n1 - x1), n1) / n1 ** 3 + max(x2 * (n2 - x2), n2) / n2 ** 3) ** .5
    delta = x1 / n1 - x2 / n2 + rnd.gauss(0, 3) * scale
    if abs(delta) < 1 and n1 + n2 > 2:
        out['score'].append(row(x1, n1, x2, n2, delta, score(x1, n1, x2, n2, delta)))
print('{')
print(',\n'.join('"%s":[\n%s\n]' % (k, ',\n'.join(json.dumps(r) for r in v)) for k, v in out.items()))
print('}')
