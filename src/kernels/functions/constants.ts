// The constants that several functions share, by address (see arithmetic.ts).

export const ONE = memory.data<f64>([1])
export const TWO = memory.data<f64>([2])
export const HALF = memory.data<f64>([0.5])
export const ZERO = memory.data<f64>([0])
export const INFINITE = memory.data<f64>([Infinity])
export const LOWEST_NORMAL = memory.data<f64>([2.2250738585072014e-308])
export const FIFTY_FOUR = memory.data<f64>([54])
export const TWO_54 = memory.data<f64>([18014398509481984])

// ln 2 = LN2_HIGH + LN2_LOW; the first has 21 bits, so that its product with an exponent is exact (fdlibm's split).
export const LN2_HIGH = memory.data<f64>([6.93147180369123816490e-01])
export const LN2_LOW = memory.data<f64>([1.90821492927058770002e-10])
